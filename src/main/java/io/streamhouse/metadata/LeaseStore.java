package io.streamhouse.metadata;

import io.streamhouse.common.PartitionId;
import io.vertx.core.Future;
import java.util.List;
import java.util.UUID;

/** Leases of partitions. */
public interface LeaseStore {
  /**
   * Takes the lease of each partition that no live session holds; the epoch grows by one at each change of holder and
   * stays when the caller holds it already. A holder whose session has expired is declared dead first.
   *
   * @return for each existing partition its state afterwards, whoever holds it; partitions that do not exist are left out
   */
  Future<List<PartitionState>> acquireLeases(UUID sessionId, List<PartitionId> partitions);

  /** Gives leases back; those of other sessions are left alone. */
  Future<Void> releaseLeases(UUID sessionId, List<PartitionId> partitions);

  /** All partitions of a topic in the order of their numbers. */
  Future<List<PartitionState>> partitions(UUID topicId);

  /** What each of the partitions remembers of its producers. Final once the caller holds the leases. */
  Future<List<ProducerState>> producerStates(List<PartitionId> partitions);
}
