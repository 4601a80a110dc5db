package io.streamhouse.metadata;

import io.streamhouse.common.PartitionId;
import java.util.UUID;

/**
 * The records of one partition in one object: a row of the index.
 *
 * @param partitionId the partition
 * @param baseOffset of its first record
 * @param lastOffset of its last record
 * @param objectId the object it lies in
 * @param position of its first byte in the object
 * @param length bytes, at least 1
 * @param records {@code lastOffset - baseOffset + 1}
 * @param maxTimestampMs the highest timestamp of its records
 * @param epoch of the lease it was written under
 */
public record Chunk(
    PartitionId partitionId,
    long baseOffset,
    long lastOffset,
    UUID objectId,
    long position,
    int length,
    int records,
    long maxTimestampMs,
    int epoch) {
  public Chunk {
    if (records < 1
        || lastOffset - baseOffset + 1 != records
        || length < 1
        || position < 0
        || baseOffset < 0) {
      throw new IllegalArgumentException(
          "chunk of " + partitionId + " at " + baseOffset + ".." + lastOffset + " with " + records
              + " records, position " + position + ", length " + length);
    }
  }
}
