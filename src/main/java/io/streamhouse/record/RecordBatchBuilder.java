package io.streamhouse.record;

import io.streamhouse.RecordHeader;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An open batch: encodes records straight into its buffer, behind the space of the header. Confined to one thread at a
 * time. {@link #build} ends it.
 */
public final class RecordBatchBuilder {
  private static final int ARRAY_BYTES_MAX = Integer.MAX_VALUE - 8;

  private final int batchBytesMax;
  private byte[] array;
  private int position = RecordBatch.HEADER_BYTES;
  private int count;
  private long baseTimestampMs;
  private long maxTimestampMs;
  private boolean built;

  /**
   * Creates an empty batch; its buffer grows as needed.
   *
   * @param sizeHintBytes what its buffer begins with
   * @param batchBytesMax bytes of the uncompressed batch with its header, at least {@link RecordBatch#HEADER_BYTES}
   */
  public RecordBatchBuilder(int sizeHintBytes, int batchBytesMax) {
    if (sizeHintBytes < 0 || batchBytesMax < RecordBatch.HEADER_BYTES) {
      throw new IllegalArgumentException("sizeHintBytes " + sizeHintBytes + ", batchBytesMax "
          + batchBytesMax + ": a batch has at least " + RecordBatch.HEADER_BYTES + " bytes");
    }
    this.batchBytesMax = batchBytesMax;
    this.array = new byte[Math.max(sizeHintBytes, RecordBatch.HEADER_BYTES)];
  }

  /** The most bytes a record can take in a batch, whichever its timestamp and place; cheap. */
  public static int encodedSizeMax(
      @Nullable Buffer key, @Nullable Buffer value, List<RecordHeader> headers) {
    return RecordEncoder.sizeMax(key, value, headers);
  }

  /**
   * The exact bytes of a record in an uncompressed batch: key, value, headers and all lengths and deltas around them.
   *
   * @param offsetDelta how many records of the batch come before it
   * @param timestampDeltaMs its timestamp less that of the batch's first record
   */
  public static long recordSizeBytes(
      int offsetDelta,
      long timestampDeltaMs,
      @Nullable Buffer key,
      @Nullable Buffer value,
      List<RecordHeader> headers) {
    long body = RecordEncoder.bodySize(offsetDelta, timestampDeltaMs, key, value, headers);
    return Varint.sizeOf(body) + body;
  }

  /**
   * Appends a record, unless the batch has records and would exceed its limit: a single larger record goes alone.
   *
   * @param timestampMs milliseconds since 1970
   * @return whether it was appended
   * @throws IllegalArgumentException when the record alone is too large for any batch (2 GiB)
   */
  public boolean tryAppend(
      long timestampMs, @Nullable Buffer key, @Nullable Buffer value, List<RecordHeader> headers) {
    requireOpen();
    long delta = count == 0 ? 0 : timestampMs - baseTimestampMs;
    long body = RecordEncoder.bodySize(count, delta, key, value, headers);
    long end = position + Varint.sizeOf(body) + body;
    if (count > 0 && end > batchBytesMax) {
      return false;
    }
    if (end > array.length) {
      grow(end);
    }
    int at = Varint.write(array, position, (int) body);
    position = RecordEncoder.write(array, at, count, delta, key, value, headers);
    if (count == 0) {
      baseTimestampMs = timestampMs;
      maxTimestampMs = timestampMs;
    } else if (timestampMs > maxTimestampMs) {
      maxTimestampMs = timestampMs;
    }
    count++;
    return true;
  }

  /** How many records it has. */
  public int recordCount() {
    return count;
  }

  /** Bytes of the batch so far, uncompressed, with its header. */
  public int sizeBytes() {
    return position;
  }

  /**
   * Ends the batch. It is valid as it is, without a producer and at offset 0; {@link RecordBatch#stampProducer} and
   * {@link RecordBatch#stampOffset} set the rest. When compression does not make the records smaller, they stay as
   * they are and the batch says so, so that it never outgrows {@link #sizeBytes()}.
   *
   * @throws IllegalStateException when it has no records or is built already
   */
  public ByteBuffer build(Compression compression) {
    requireOpen();
    if (count == 0) {
      throw new IllegalStateException("the batch has no records");
    }
    built = true;
    if (compression != Compression.NONE) {
      byte[] compressed =
          Compressor.compress(compression, array, RecordBatch.HEADER_BYTES, position);
      if (compressed.length < position) {
        array = compressed;
        position = compressed.length;
        return withHeader(compression);
      }
    }
    return withHeader(Compression.NONE);
  }

  private ByteBuffer withHeader(Compression compression) {
    ByteBuffer batch = ByteBuffer.wrap(array, 0, position).slice();
    batch.putInt(BatchLayout.BATCH_LENGTH, position - BatchLayout.LENGTH_ORIGIN);
    batch.put(BatchLayout.MAGIC, BatchLayout.MAGIC_V2);
    batch.putShort(BatchLayout.ATTRIBUTES, (short) compression.id());
    batch.putInt(BatchLayout.LAST_OFFSET_DELTA, count - 1);
    batch.putLong(BatchLayout.BASE_TIMESTAMP, baseTimestampMs);
    batch.putLong(BatchLayout.MAX_TIMESTAMP, maxTimestampMs);
    batch.putInt(BatchLayout.RECORD_COUNT, count);
    RecordBatch view = RecordBatch.at(batch, 0);
    view.stampOffset(0, BatchLayout.NONE);
    view.stampProducer(BatchLayout.NONE, BatchLayout.NONE, BatchLayout.NONE);
    return batch;
  }

  private void grow(long needed) {
    if (needed > ARRAY_BYTES_MAX) {
      throw new IllegalArgumentException("a record that makes its batch " + needed
          + " bytes long is too large, at most " + ARRAY_BYTES_MAX + " are possible");
    }
    long doubled = Math.min(2L * array.length, Math.max(batchBytesMax, needed));
    array = Arrays.copyOf(array, (int) Math.min(ARRAY_BYTES_MAX, Math.max(doubled, needed)));
  }

  private void requireOpen() {
    if (built) {
      throw new IllegalStateException("the batch is built already");
    }
  }
}
