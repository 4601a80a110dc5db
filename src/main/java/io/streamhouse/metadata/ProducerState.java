package io.streamhouse.metadata;

import io.streamhouse.common.PartitionId;
import java.util.List;

/**
 * What a partition remembers of a producer.
 *
 * @param partitionId the partition
 * @param producerId the producer
 * @param epoch the highest epoch that has written, 0 to 32767
 * @param runs the most recent stretches of that epoch, oldest first, at least one; the last one's last sequence is the
 *     last sequence written
 */
public record ProducerState(
    PartitionId partitionId, long producerId, int epoch, List<SequenceRun> runs) {
  public ProducerState {
    runs = List.copyOf(runs);
    if (runs.isEmpty()) {
      throw new IllegalArgumentException(
          "producer " + producerId + " of " + partitionId + " has no runs");
    }
  }

  /** The sequence of the last record written. */
  public int lastSequence() {
    return runs.get(runs.size() - 1).lastSequence();
  }
}
