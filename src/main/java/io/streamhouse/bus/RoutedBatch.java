package io.streamhouse.bus;

import io.streamhouse.common.AgentAddress;

/**
 * A sealed batch with the agent it should go to.
 *
 * @param batch the batch
 * @param agent the agent that leads the partition, or would
 * @param revision of the routing table that said so: of two routes the one with the higher revision counts
 */
public record RoutedBatch(SealedBatch batch, AgentAddress agent, long revision) {}
