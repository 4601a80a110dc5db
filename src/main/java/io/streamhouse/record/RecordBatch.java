package io.streamhouse.record;

import io.streamhouse.record.InvalidBatchException.Kind;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.zip.CRC32C;

/**
 * A view of one record batch in a buffer: Kafka's record batch, magic 2. It shares the buffer's bytes and keeps
 * nothing else; that they are consistent beyond magic and length is what {@link BatchValidator} finds out. Not safe for
 * use by several threads while one of them stamps.
 */
public final class RecordBatch {
  /** Bytes before the records. */
  public static final int HEADER_BYTES = BatchLayout.RECORDS;

  private final ByteBuffer bytes;

  private RecordBatch(ByteBuffer bytes) {
    this.bytes = bytes;
  }

  /**
   * The batch that begins at an index of the buffer, which may go on behind it.
   *
   * @param index absolute, at most the buffer's limit
   * @throws InvalidBatchException when the magic is not 2 or the batch does not lie inside the buffer
   */
  public static RecordBatch at(ByteBuffer buffer, int index) {
    Objects.checkFromToIndex(index, buffer.limit(), buffer.limit());
    int available = buffer.limit() - index;
    ByteBuffer bytes = buffer.slice(index, available);
    if (available > BatchLayout.MAGIC && bytes.get(BatchLayout.MAGIC) != BatchLayout.MAGIC_V2) {
      throw new InvalidBatchException(
          Kind.UNSUPPORTED,
          "magic " + bytes.get(BatchLayout.MAGIC) + " at byte " + (index + BatchLayout.MAGIC)
              + " is not supported, only " + BatchLayout.MAGIC_V2);
    }
    if (available < HEADER_BYTES) {
      throw new InvalidBatchException(
          Kind.CORRUPT,
          "truncated: the header of a batch has " + HEADER_BYTES + " bytes, but there are "
              + available + " at byte " + index);
    }
    int length = bytes.getInt(BatchLayout.BATCH_LENGTH);
    if (length < HEADER_BYTES - BatchLayout.LENGTH_ORIGIN) {
      throw new InvalidBatchException(
          Kind.CORRUPT,
          "batch length " + length + " at byte " + (index + BatchLayout.BATCH_LENGTH)
              + " is less than a header's "
              + (HEADER_BYTES - BatchLayout.LENGTH_ORIGIN));
    }
    if (length > available - BatchLayout.LENGTH_ORIGIN) {
      throw new InvalidBatchException(
          Kind.CORRUPT,
          "truncated: batch length " + length + " at byte " + (index + BatchLayout.BATCH_LENGTH)
              + ", but " + (available - BatchLayout.LENGTH_ORIGIN) + " bytes follow");
    }
    return new RecordBatch(bytes.slice(0, BatchLayout.LENGTH_ORIGIN + length));
  }

  /**
   * All batches of a buffer that holds nothing else, from position to limit, which do not change.
   *
   * @throws InvalidBatchException when anything in it is no batch, or the last one is cut off
   */
  public static List<RecordBatch> split(ByteBuffer chunk) {
    List<RecordBatch> batches = new ArrayList<>();
    int index = chunk.position();
    while (index < chunk.limit()) {
      RecordBatch batch = at(chunk, index);
      batches.add(batch);
      index += batch.sizeBytes();
    }
    return batches;
  }

  /** The sequence that many records later; sequences go on with 0 after 2³¹-1. */
  public static int incrementSequence(int sequence, int by) {
    if (sequence < 0 || by < 0) {
      throw new IllegalArgumentException("sequence " + sequence + " incremented by " + by);
    }
    return (sequence + by) & Integer.MAX_VALUE;
  }

  /** Bytes of header and records, as stored. */
  public int sizeBytes() {
    return bytes.limit();
  }

  /** The offset of its first record; 0 until it is stamped. */
  public long baseOffset() {
    return bytes.getLong(BatchLayout.BASE_OFFSET);
  }

  /** The offset of its last record. */
  public long lastOffset() {
    return baseOffset() + lastOffsetDelta();
  }

  int lastOffsetDelta() {
    return bytes.getInt(BatchLayout.LAST_OFFSET_DELTA);
  }

  /** How many records the header claims. */
  public int recordCount() {
    return bytes.getInt(BatchLayout.RECORD_COUNT);
  }

  /** The lease epoch it was written under; -1 until it is stamped. */
  public int leaderEpoch() {
    return bytes.getInt(BatchLayout.LEADER_EPOCH);
  }

  int attributes() {
    return bytes.getShort(BatchLayout.ATTRIBUTES);
  }

  /**
   * How its records are compressed.
   *
   * @throws InvalidBatchException when the id is unknown
   */
  public Compression compression() {
    return Compression.byId(attributes() & BatchLayout.COMPRESSION_BITS);
  }

  /** What its records' timestamps are relative to, in milliseconds since 1970. */
  public long baseTimestampMs() {
    return bytes.getLong(BatchLayout.BASE_TIMESTAMP);
  }

  /** The highest timestamp of its records, in milliseconds since 1970. */
  public long maxTimestampMs() {
    return bytes.getLong(BatchLayout.MAX_TIMESTAMP);
  }

  /** -1: none. */
  public long producerId() {
    return bytes.getLong(BatchLayout.PRODUCER_ID);
  }

  /** -1: none. */
  public int producerEpoch() {
    return bytes.getShort(BatchLayout.PRODUCER_EPOCH);
  }

  /** The sequence of its first record; -1: none. */
  public int baseSequence() {
    return bytes.getInt(BatchLayout.BASE_SEQUENCE);
  }

  /** The sequence of its last record, less than the first one's when they wrap in between; -1: none. */
  public int lastSequence() {
    int base = baseSequence();
    return base < 0 ? BatchLayout.NONE : incrementSequence(base, lastOffsetDelta());
  }

  /** Whether the CRC-32C of everything from the attributes to the end is the stored one. */
  public boolean hasValidCrc() {
    return storedCrc() == computedCrc();
  }

  int storedCrc() {
    return bytes.getInt(BatchLayout.CRC);
  }

  int computedCrc() {
    CRC32C crc = new CRC32C();
    crc.update(bytes.slice(BatchLayout.ATTRIBUTES, bytes.limit() - BatchLayout.ATTRIBUTES));
    return (int) crc.getValue();
  }

  /** Sets base offset and partition leader epoch, in place; neither lies under the CRC. */
  public void stampOffset(long baseOffset, int leaderEpoch) {
    bytes.putLong(BatchLayout.BASE_OFFSET, baseOffset);
    bytes.putInt(BatchLayout.LEADER_EPOCH, leaderEpoch);
  }

  /**
   * Sets producer id, epoch and base sequence, in place, then the CRC.
   *
   * @param producerId at least 0, or -1 for none
   * @param epoch 0 to 32767, or -1 for none
   * @param baseSequence at least 0, or -1 for none
   */
  public void stampProducer(long producerId, int epoch, int baseSequence) {
    if (epoch != (short) epoch) {
      throw new IllegalArgumentException("producer epoch " + epoch + " does not fit in 16 bits");
    }
    bytes.putLong(BatchLayout.PRODUCER_ID, producerId);
    bytes.putShort(BatchLayout.PRODUCER_EPOCH, (short) epoch);
    bytes.putInt(BatchLayout.BASE_SEQUENCE, baseSequence);
    bytes.putInt(BatchLayout.CRC, computedCrc());
  }

  /** The batch's bytes; shares them. */
  public ByteBuffer bytes() {
    return bytes.duplicate();
  }

  /** The records section as it is stored. */
  ByteBuffer recordsSection() {
    return bytes.slice(HEADER_BYTES, bytes.limit() - HEADER_BYTES);
  }

  /**
   * Its records, decompressed bit by bit as the iteration goes on. Each iterator checks what it reads as
   * {@link BatchValidator} does, except the CRC and the maximum timestamp, and fails with
   * {@link InvalidBatchException} on damage. The records own their bytes. An iterator that is not read to its end may
   * hold native memory until it is collected.
   *
   * @param uncompressedBytesMax the iteration fails when the records are longer together
   */
  public Iterable<LogRecord> records(int uncompressedBytesMax) {
    BatchLimits limits = new BatchLimits(
        Integer.MAX_VALUE,
        uncompressedBytesMax,
        uncompressedBytesMax,
        Integer.MAX_VALUE,
        Integer.MAX_VALUE);
    return () -> new LogRecordIterator(this, new RecordCursor(this, limits));
  }
}
