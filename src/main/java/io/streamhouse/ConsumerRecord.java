package io.streamhouse;

import io.vertx.core.buffer.Buffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A record read from the log.
 *
 * @param topic the topic's name
 * @param partition from 0
 * @param offset dense from 0
 * @param timestampMs milliseconds since 1970, as its producer set it
 * @param key null and empty are different keys
 * @param value null and empty are different values
 * @param headers in order
 */
public record ConsumerRecord(
    String topic,
    int partition,
    long offset,
    long timestampMs,
    @Nullable Buffer key,
    @Nullable Buffer value,
    List<RecordHeader> headers) {}
