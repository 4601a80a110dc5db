package io.streamhouse.producer.router;

import io.streamhouse.common.AgentAddress;
import io.streamhouse.common.PartitionId;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** News for a {@link LeaseCache}, whatever way it came. */
sealed interface LeaseUpdate {
  /**
   * All there is to know about some topics, and all live agents.
   *
   * @param topics those that exist, of those asked for
   * @param unknownTopics those that do not
   * @param agents all that are alive
   */
  record Snapshot(List<TopicLeases> topics, Set<String> unknownTopics, List<AgentNode> agents)
      implements LeaseUpdate {}

  /**
   * An agent's word that it does not lead a partition.
   *
   * @param partitionId the partition
   * @param agent that was asked
   * @param holder that it named; null when it knew none
   */
  record NotLeader(PartitionId partitionId, AgentAddress agent, @Nullable AgentAddress holder)
      implements LeaseUpdate {}

  /**
   * A topic of a snapshot.
   *
   * @param name its name
   * @param topicId its id
   * @param partitionCount at least 1
   * @param leases of the partitions that are led now
   */
  record TopicLeases(String name, UUID topicId, int partitionCount, Map<Integer, Lease> leases) {}

  /**
   * A partition's lease.
   *
   * @param epoch grows by one with each change of holder
   * @param holder the agent that has it
   */
  record Lease(int epoch, AgentAddress holder) {}
}
