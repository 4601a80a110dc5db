package io.streamhouse.producer.router;

import io.streamhouse.common.AgentAddress;
import io.streamhouse.common.PartitionId;
import io.streamhouse.common.RendezvousHash;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Decides which agent a partition's batches go to: the holder of its lease; when there is none, the agent that the
 * rendezvous hash picks among the live ones, which is the one that would take the lease.
 *
 * <p>An agent that could not be reached is passed over in that choice for a while, since it stays in the list of live
 * agents until its session ends. A known holder is never passed over: nobody else may write. Pure; confined to the
 * router's event loop.
 */
final class PartitionRouter {
  private static final long SUSPICION_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final LeaseCache cache;
  private final Map<AgentAddress, Long> suspectedAtNanos = new HashMap<>();

  PartitionRouter(LeaseCache cache) {
    this.cache = cache;
  }

  /** The agent for a partition; empty when no agent is known at all. */
  Optional<AgentAddress> route(PartitionId partitionId, long nowNanos) {
    return cache.holder(partitionId).or(() -> choose(partitionId, nowNanos));
  }

  /** An agent could not be reached. */
  void suspect(AgentAddress agent, long nowNanos) {
    suspectedAtNanos.put(agent, nowNanos);
  }

  boolean isSuspected(AgentAddress agent, long nowNanos) {
    Long at = suspectedAtNanos.get(agent);
    if (at == null) {
      return false;
    }
    if (nowNanos - at >= SUSPICION_NANOS) {
      suspectedAtNanos.remove(agent);
      return false;
    }
    return true;
  }

  private Optional<AgentAddress> choose(PartitionId partitionId, long nowNanos) {
    List<AgentNode> reachable = cache.agents().stream()
        .filter(agent -> !isSuspected(agent.address(), nowNanos))
        .toList();
    return RendezvousHash.choose(
            partitionId, reachable.isEmpty() ? cache.agents() : reachable, AgentNode::agentId)
        .map(AgentNode::address);
  }
}
