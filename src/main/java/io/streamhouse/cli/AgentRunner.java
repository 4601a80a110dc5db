package io.streamhouse.cli;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;

/** Starts an agent in this process. */
final class AgentRunner {
  private static final String VERTICLE = "io.streamhouse.agent.AgentVerticle";

  private AgentRunner() {}

  /** Returns the {@code host:port} it listens on. */
  static String start(Vertx vertx, JsonObject config) {
    VertxSession.await(vertx.deployVerticle(VERTICLE, new DeploymentOptions().setConfig(config)));
    return config.getString("host", "localhost") + ":" + config.getInteger("port", 9470);
  }
}
