package io.streamhouse.record;

import io.streamhouse.RecordHeader;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A record read out of a batch.
 *
 * @param offset its offset
 * @param timestampMs milliseconds since 1970
 * @param key null and empty differ
 * @param value null and empty differ
 * @param headers in order
 */
public record LogRecord(
    long offset,
    long timestampMs,
    @Nullable Buffer key,
    @Nullable Buffer value,
    List<RecordHeader> headers) {}
