package io.streamhouse.bus;

import io.streamhouse.StreamHouseException;
import io.streamhouse.common.AgentAddress;
import io.streamhouse.common.PartitionId;

/**
 * A sender's report that an agent did not take a partition's batches; the router looks for a better one.
 *
 * @param partitionId the partition
 * @param topic the topic's name
 * @param agent the agent that was tried
 * @param failure NOT_LEADER, with the holder if the agent knew it, or why the agent cannot be reached
 */
public record RouteFailure(
    PartitionId partitionId, String topic, AgentAddress agent, StreamHouseException failure) {}
