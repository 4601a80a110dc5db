package io.streamhouse;

import io.streamhouse.common.AgentAddress;
import io.streamhouse.common.ConfigReader;
import io.streamhouse.common.Ranges;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** Options of an {@link Admin}. */
public final class AdminOptions {
  /** One agent on this machine, at the port that agents use by default. */
  public static final List<String> DEFAULT_BOOTSTRAP =
      List.of("localhost:" + AgentAddress.DEFAULT_PORT);

  /** How long one call to one agent may take: 10 seconds. */
  public static final int DEFAULT_REQUEST_TIMEOUT_MS = 10_000;

  private List<String> bootstrap = DEFAULT_BOOTSTRAP;
  private int requestTimeoutMs = DEFAULT_REQUEST_TIMEOUT_MS;

  /** The defaults. */
  public AdminOptions() {}

  /** A copy. */
  public AdminOptions(AdminOptions other) {
    bootstrap = other.bootstrap;
    requestTimeoutMs = other.requestTimeoutMs;
  }

  /**
   * Options from JSON; absent keys keep their defaults.
   *
   * @throws StreamHouseException with {@link ErrorCode#INVALID_CONFIGURATION} for unknown keys and illegal values
   */
  public AdminOptions(JsonObject json) {
    new ConfigReader(json, "")
        .strings("bootstrap", this::setBootstrap)
        .integer("requestTimeoutMs", this::setRequestTimeoutMs)
        .finish();
  }

  /** These options as JSON. */
  public JsonObject toJson() {
    return new JsonObject()
        .put("bootstrap", new JsonArray(bootstrap))
        .put("requestTimeoutMs", requestTimeoutMs);
  }

  public List<String> getBootstrap() {
    return bootstrap;
  }

  /** Agents to ask first, as {@code host:port}: name several, so that any of them may be down. */
  public AdminOptions setBootstrap(List<String> bootstrap) {
    this.bootstrap = BootstrapList.validate(bootstrap);
    return this;
  }

  public int getRequestTimeoutMs() {
    return requestTimeoutMs;
  }

  /** How long one call to one agent may take, 100 to 600,000 ms: longer where agents are far away. */
  public AdminOptions setRequestTimeoutMs(int requestTimeoutMs) {
    this.requestTimeoutMs = Ranges.require("requestTimeoutMs", requestTimeoutMs, 100, 600_000);
    return this;
  }
}
