package io.streamhouse.consumer;

import io.streamhouse.common.AgentAddress;
import java.util.List;
import java.util.UUID;

/**
 * One fetch from one agent.
 *
 * @param agent whom to ask
 * @param topicId the topic as it was found at the start: one that is made anew under its name is another topic
 * @param wanted at least one partition, each once
 * @param bytesMax of the whole answer
 */
record FetchPlan(AgentAddress agent, UUID topicId, List<Wanted> wanted, int bytesMax) {
  FetchPlan {
    wanted = List.copyOf(wanted);
  }

  /**
   * A partition to fetch.
   *
   * @param partition from 0
   * @param offset the first one wanted
   */
  record Wanted(int partition, long offset) {}
}
