package io.streamhouse.metadata;

import io.streamhouse.common.PartitionId;
import java.util.Map;

/**
 * What became of a commit. All chunks of a partition share one fate.
 *
 * @param status of the whole
 * @param partitions of each partition in the request; empty unless {@code status} is {@code APPLIED}
 */
public record CommitResult(Status status, Map<PartitionId, PartitionStatus> partitions) {
  public CommitResult {
    partitions = Map.copyOf(partitions);
  }

  /** Of the whole transaction. */
  public enum Status {
    /** The transaction is committed; each partition has a status of its own. */
    APPLIED,
    /** The session is dead: nothing was written, and nothing of this session ever will be. */
    SESSION_FENCED,
    /** One of the objects was claimed by a tombstone, or committed before: nothing was written. */
    OBJECT_CLAIMED
  }

  /** Of the chunks of one partition. */
  public enum PartitionStatus {
    /** In the log. */
    ACCEPTED,
    /** Another session holds the lease, or the lease has another epoch. */
    LEASE_FENCED,
    /** The log does not end where the first chunk begins. */
    OFFSET_FENCED,
    /** A producer in these chunks has been fenced by a newer instance of its name. */
    PRODUCER_FENCED,
    /** The topic has been deleted. */
    UNKNOWN_PARTITION
  }
}
