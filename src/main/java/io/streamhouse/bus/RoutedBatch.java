package io.streamhouse.bus;

import io.streamhouse.common.AgentAddress;

/**
 * A sealed batch with the agent it should go to.
 *
 * @param batch the batch
 * @param agent the agent that leads the partition, or would
 * @param revision of the route: of two routes of a partition the one with the higher revision counts
 */
public record RoutedBatch(SealedBatch batch, AgentAddress agent, long revision) {}
