package io.streamhouse.cli;

import io.streamhouse.agent.AgentOptions;
import io.streamhouse.agent.AgentVerticle;
import io.streamhouse.common.AgentAddress;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.concurrent.TimeUnit;

/** An agent in this process. */
final class AgentRunner {
  /** Beyond what the agent itself allows its drain. */
  private static final long STOP_GRACE_MS = 10_000;

  private final Vertx vertx;
  private final String deploymentId;
  private final AgentAddress address;
  private final long stopTimeoutMs;

  private AgentRunner(Vertx vertx, String deploymentId, AgentAddress address, long stopTimeoutMs) {
    this.vertx = vertx;
    this.deploymentId = deploymentId;
    this.address = address;
    this.stopTimeoutMs = stopTimeoutMs;
  }

  /** Starts one; completes when it takes calls. */
  static Future<AgentRunner> start(Vertx vertx, AgentOptions options) {
    AgentVerticle verticle = new AgentVerticle(options);
    return vertx
        .deployVerticle(verticle)
        .map(id -> new AgentRunner(
            vertx, id, verticle.address(), options.getDrainTimeoutMs() + STOP_GRACE_MS));
  }

  /** Where clients reach it. */
  AgentAddress address() {
    return address;
  }

  /** Drains it and waits, within a bound. */
  Future<Void> stop() {
    return vertx.undeploy(deploymentId).timeout(stopTimeoutMs, TimeUnit.MILLISECONDS);
  }
}
