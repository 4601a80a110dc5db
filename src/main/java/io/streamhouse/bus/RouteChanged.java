package io.streamhouse.bus;

import io.streamhouse.common.AgentAddress;
import io.streamhouse.common.PartitionId;

/**
 * A partition's new agent.
 *
 * @param partitionId the partition
 * @param agent the agent that leads it, or would
 * @param revision of the routing table that says so: of two routes the one with the higher revision counts
 */
public record RouteChanged(PartitionId partitionId, AgentAddress agent, long revision) {}
