package io.streamhouse.consumer;

import io.streamhouse.common.AgentAddress;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * A topic and who leads its partitions, as an agent last told.
 *
 * @param topicId the topic's id
 * @param partitionCount at least 1
 * @param leaders by partition; partitions that nobody leads are missing
 * @param agents agents that are alive, at least one: each can serve any partition
 */
record TopicLayout(
    UUID topicId,
    int partitionCount,
    Map<Integer, AgentAddress> leaders,
    List<AgentAddress> agents) {
  TopicLayout {
    leaders = Map.copyOf(leaders);
    agents = List.copyOf(agents);
  }

  /** The agent to fetch a partition from: its leader, which has its tail in memory, else any. */
  AgentAddress agentFor(int partition) {
    AgentAddress leader = leaders.get(partition);
    return leader == null ? agents.get(partition % agents.size()) : leader;
  }
}
