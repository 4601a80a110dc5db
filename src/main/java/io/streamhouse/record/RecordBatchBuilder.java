package io.streamhouse.record;

import io.streamhouse.RecordHeader;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An open batch: encodes records straight into its buffer. */
public final class RecordBatchBuilder {
  /** Creates an empty batch; its buffer begins with {@code sizeHintBytes} and grows. */
  public RecordBatchBuilder(int sizeHintBytes, int batchBytesMax) {}

  /** The most bytes a record can take in a batch. */
  public static int encodedSizeMax(
      @Nullable Buffer key, @Nullable Buffer value, List<RecordHeader> headers) {
    throw new IllegalStateException("stub");
  }

  /** Appends a record, unless the batch has records and would exceed its limit. */
  public boolean tryAppend(
      long timestampMs, @Nullable Buffer key, @Nullable Buffer value, List<RecordHeader> headers) {
    throw new IllegalStateException("stub");
  }

  public int recordCount() {
    throw new IllegalStateException("stub");
  }

  /** Bytes of the batch so far, uncompressed, with its header. */
  public int sizeBytes() {
    throw new IllegalStateException("stub");
  }

  /** Ends the batch: everything is set but producer id, epoch, sequence and CRC. */
  public ByteBuffer build(Compression compression) {
    throw new IllegalStateException("stub");
  }
}
