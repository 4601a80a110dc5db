package io.streamhouse.record;

import java.nio.ByteBuffer;
import java.util.List;

/** A view of one record batch in a buffer. */
public final class RecordBatch {
  /** Bytes before the records. */
  public static final int HEADER_BYTES = 61;

  private RecordBatch() {}

  /** The batch that begins at an index of the buffer; checks magic and that the batch lies inside the buffer. */
  public static RecordBatch at(ByteBuffer buffer, int index) {
    throw new IllegalStateException("stub");
  }

  /** All batches of a buffer that holds nothing else, from position to limit. */
  public static List<RecordBatch> split(ByteBuffer chunk) {
    throw new IllegalStateException("stub");
  }

  public int sizeBytes() {
    throw new IllegalStateException("stub");
  }

  public long baseOffset() {
    throw new IllegalStateException("stub");
  }

  public long lastOffset() {
    throw new IllegalStateException("stub");
  }

  public int recordCount() {
    throw new IllegalStateException("stub");
  }

  public int leaderEpoch() {
    throw new IllegalStateException("stub");
  }

  public Compression compression() {
    throw new IllegalStateException("stub");
  }

  public long baseTimestampMs() {
    throw new IllegalStateException("stub");
  }

  public long maxTimestampMs() {
    throw new IllegalStateException("stub");
  }

  /** -1: none. */
  public long producerId() {
    throw new IllegalStateException("stub");
  }

  /** -1: none. */
  public int producerEpoch() {
    throw new IllegalStateException("stub");
  }

  /** -1: none. */
  public int baseSequence() {
    throw new IllegalStateException("stub");
  }

  public boolean hasValidCrc() {
    throw new IllegalStateException("stub");
  }

  /** Sets base offset and partition leader epoch, in place; neither lies under the CRC. */
  public void stampOffset(long baseOffset, int leaderEpoch) {
    throw new IllegalStateException("stub");
  }

  /** Sets producer id, epoch and base sequence, in place, then the CRC. */
  public void stampProducer(long producerId, int epoch, int baseSequence) {
    throw new IllegalStateException("stub");
  }

  /** The batch's bytes; shares them. */
  public ByteBuffer bytes() {
    throw new IllegalStateException("stub");
  }

  /** Its records, decompressed. Fails with InvalidBatchException on damage or beyond the limit. */
  public Iterable<LogRecord> records(int uncompressedBytesMax) {
    throw new IllegalStateException("stub");
  }
}
