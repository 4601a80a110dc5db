package io.streamhouse.producer.router;

import io.streamhouse.common.AgentAddress;
import io.vertx.core.Future;
import java.util.Set;

/** Asks an agent for leases. */
interface LeaseLookup {
  /** Fails with a {@link io.streamhouse.StreamHouseException}, in bounded time. */
  Future<LeaseUpdate.Snapshot> lookup(AgentAddress agent, Set<String> topics);
}
