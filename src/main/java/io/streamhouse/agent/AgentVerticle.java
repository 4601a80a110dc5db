package io.streamhouse.agent;

import io.streamhouse.ErrorCode;
import io.streamhouse.StreamHouseException;
import io.streamhouse.common.AgentAddress;
import io.streamhouse.common.RetryPolicy;
import io.streamhouse.common.VertxClock;
import io.streamhouse.metadata.MetadataStore;
import io.streamhouse.metadata.postgres.PostgresMetadataStore;
import io.streamhouse.storage.ObjectKeys;
import io.streamhouse.storage.ObjectStore;
import io.streamhouse.storage.StorageException;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonObject;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An agent. Deployable by name, with {@link AgentOptions} as configuration: connects to the database and the object
 * store, listens, joins the cluster. On undeployment it flushes what it has and leaves.
 *
 * <p>One instance, one event loop, one share of the partitions; deploy several on ports of their own to use more cores.
 */
public final class AgentVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(AgentVerticle.class);
  private static final int RETRY_INITIAL_MS = 50;
  private static final int RETRY_MAX_MS = 5_000;
  private static final String PROBED_KEY = ObjectKeys.SEGMENTS + "probe";

  private @Nullable AgentOptions given;
  private @Nullable Agent agent;
  private @Nullable MetadataStore metadata;
  private @Nullable ObjectStore storage;
  private @Nullable AgentAddress address;
  private int port;

  /** For deployment by name: reads its options from the verticle's configuration. */
  public AgentVerticle() {}

  /** An agent with these options. */
  public AgentVerticle(AgentOptions options) {
    given = new AgentOptions(options);
  }

  /** Where clients reach it; known once it is deployed. */
  public AgentAddress address() {
    if (address == null) {
      throw new IllegalStateException("the agent has not been started");
    }
    return address;
  }

  /** The port it listens on; known once it is deployed. */
  public int port() {
    return port;
  }

  @Override
  public Future<?> start() {
    AgentOptions options = (given == null ? new AgentOptions(configuration()) : given)
        .takeSecrets(System.getenv())
        .validate();
    VertxClock clock = new VertxClock(vertx, context);
    RetryPolicy retries = new RetryPolicy(
        RETRY_INITIAL_MS, RETRY_MAX_MS, bound -> ThreadLocalRandom.current().nextLong(bound + 1));
    return PostgresMetadataStore.connect(vertx, options.getMetadata())
        .onSuccess(connected -> metadata = connected)
        .compose(connected -> options
            .getStorage()
            .open(vertx)
            .onSuccess(opened -> storage = opened)
            .compose(AgentVerticle::probe)
            .map(opened -> new Agent(connected, opened, clock, options, UUID::randomUUID, retries)))
        .onSuccess(created -> agent = created)
        .compose(
            created -> RpcServer.listen(vertx, created).compose(server -> join(created, server)))
        .recover(failure -> closeStores().transform(closed -> Future.failedFuture(failure)));
  }

  @Override
  public Future<?> stop() {
    Agent stopping = agent;
    Future<Void> stopped = stopping == null ? Future.succeededFuture() : stopping.stop();
    return stopped.transform(v -> closeStores());
  }

  private JsonObject configuration() {
    JsonObject config = config();
    return config == null ? new JsonObject() : config;
  }

  /**
   * Reads an object that does not exist. A store that refuses even to look, for want of the bucket say, never becomes
   * right by waiting; one that cannot be reached may, and the agent need not be started again for it.
   */
  private static Future<ObjectStore> probe(ObjectStore store) {
    return store.getRange(PROBED_KEY, 0, 1).transform(read -> {
      if (read.cause() instanceof StorageException failure) {
        switch (failure.kind()) {
          case NOT_FOUND -> {}
          case REJECTED -> {
            return Future.failedFuture(StreamHouseException.of(
                ErrorCode.INVALID_CONFIGURATION, String.valueOf(failure.getMessage()), failure));
          }
          default ->
            LOG.warn(
                "The object store ({}) cannot be read: {}. The agent starts, and stores nothing until it can",
                store.describe(),
                failure.getMessage());
        }
      }
      return Future.succeededFuture(store);
    });
  }

  private Future<Void> join(Agent joining, HttpServer server) {
    AgentOptions options = joining.options();
    port = server.actualPort();
    AgentAddress advertised = advertised(options, port);
    address = advertised;
    LOG.info(
        "Agent {} listens on {}:{}, with metadata in {} and segments in {}",
        options.getAgentId(),
        options.getHost(),
        port,
        joining.metadata().describe(),
        joining.storage().describe());
    return joining.start(advertised);
  }

  private Future<Void> closeStores() {
    MetadataStore database = metadata;
    ObjectStore objects = storage;
    metadata = null;
    storage = null;
    Future<Void> first = database == null ? Future.succeededFuture() : database.close();
    return first.transform(v -> objects == null ? Future.succeededFuture() : objects.close());
  }

  private static AgentAddress advertised(AgentOptions options, int port) {
    if (!options.getAdvertisedAddress().isEmpty()) {
      return AgentAddress.parse(options.getAdvertisedAddress());
    }
    String host = options.getHost();
    if (!host.equals("0.0.0.0") && !host.equals("::")) {
      return new AgentAddress(host, port);
    }
    try {
      return new AgentAddress(InetAddress.getLocalHost().getHostAddress(), port);
    } catch (UnknownHostException e) {
      LOG.warn(
          "This machine's own name cannot be resolved ({}), so clients are told 127.0.0.1: set advertisedAddress",
          e.getMessage());
      return new AgentAddress("127.0.0.1", port);
    }
  }
}
