package io.streamhouse.agent;

import io.streamhouse.metadata.ProducerState;
import java.util.List;

/**
 * The part of one partition in a closed segment.
 *
 * @param log the lease it was appended under
 * @param batches in the order of their offsets, at least one
 * @param producerStates of the producers of these batches, as of the end of these batches
 */
record PartitionFlush(
    PartitionLog log, List<PendingBatch> batches, List<ProducerState> producerStates) {
  PartitionFlush {
    batches = List.copyOf(batches);
    producerStates = List.copyOf(producerStates);
    if (batches.isEmpty()) {
      throw new IllegalArgumentException("nothing to flush for " + log.id());
    }
  }
}
