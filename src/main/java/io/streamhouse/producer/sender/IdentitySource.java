package io.streamhouse.producer.sender;

import io.streamhouse.common.AgentAddress;
import io.streamhouse.common.ProducerIdentity;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** Gives out producer identities. */
interface IdentitySource {
  /**
   * A new identity, or the next epoch of an old one. Fails with a {@link io.streamhouse.StreamHouseException}, in
   * bounded time.
   */
  Future<ProducerIdentity> init(AgentAddress agent, @Nullable ProducerIdentity outdated);
}
