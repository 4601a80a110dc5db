package io.streamhouse.segment;

import io.streamhouse.common.PartitionId;
import java.nio.ByteBuffer;

/**
 * A chunk as the footer of its object lists it: the batches of one partition, back to back.
 *
 * @param partitionId the partition
 * @param baseOffset of its first record, from 0
 * @param lastOffset of its last record
 * @param epoch of the lease it was written under, from 0
 * @param records {@code lastOffset - baseOffset + 1}, at least 1
 * @param position of its first byte in the object
 * @param length bytes, at least 1
 * @param maxTimestampMs the highest timestamp of its records
 * @param crc CRC-32C of its bytes
 */
public record SegmentChunk(
    PartitionId partitionId,
    long baseOffset,
    long lastOffset,
    int epoch,
    int records,
    long position,
    int length,
    long maxTimestampMs,
    int crc) {
  static final int BYTES = 68;

  /** Checks what can be checked without the object. */
  public SegmentChunk {
    if (partitionId.partition() < 0
        || baseOffset < 0
        || records < 1
        || lastOffset < baseOffset
        || lastOffset - baseOffset != records - 1
        || epoch < 0
        || position < SegmentHeader.BYTES
        || length < 1) {
      throw new IllegalArgumentException(
          "chunk of partition " + partitionId + " at offsets " + baseOffset + " to " + lastOffset
              + " with " + records + " records, epoch " + epoch + ", position " + position
              + ", length " + length);
    }
  }

  /** The position behind it. */
  public long end() {
    return position + length;
  }

  void write(ByteBuffer target) {
    SegmentFormat.putUuid(target, partitionId.topicId());
    target.putInt(partitionId.partition());
    target.putLong(baseOffset).putLong(lastOffset).putInt(epoch).putInt(records);
    target.putLong(position).putInt(length).putLong(maxTimestampMs).putInt(crc);
  }

  static SegmentChunk read(ByteBuffer source) {
    PartitionId partitionId = new PartitionId(SegmentFormat.getUuid(source), source.getInt());
    long baseOffset = source.getLong();
    long lastOffset = source.getLong();
    int epoch = source.getInt();
    int records = source.getInt();
    long position = source.getLong();
    int length = source.getInt();
    long maxTimestampMs = source.getLong();
    return new SegmentChunk(
        partitionId,
        baseOffset,
        lastOffset,
        epoch,
        records,
        position,
        length,
        maxTimestampMs,
        source.getInt());
  }
}
