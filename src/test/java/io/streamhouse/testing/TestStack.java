package io.streamhouse.testing;

import io.streamhouse.agent.AgentOptions;
import io.streamhouse.agent.AgentVerticle;
import io.streamhouse.agent.StorageOptions;
import io.streamhouse.common.AgentAddress;
import io.streamhouse.metadata.postgres.PostgresMetadataStore;
import io.streamhouse.metadata.postgres.PostgresOptions;
import io.streamhouse.storage.s3.S3Options;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * What agents need, for real: a database of its own in a PostgreSQL server, a bucket of its own in an S3 server, both
 * reached over sockets, and as many agents as a test starts.
 */
public final class TestStack implements AutoCloseable {
  private static final long WAIT_SECONDS = 60;

  private final Vertx vertx = Vertx.vertx();
  private final S3ProxyServer s3;
  private final PostgresOptions postgres = TestPostgres.freshDatabase();
  private final S3Options bucket;
  private final List<RunningAgent> agents = new ArrayList<>();

  /** An agent in this JVM: the address that clients are told, and the port it listens on. */
  public record RunningAgent(String deploymentId, AgentAddress address, int port) {}

  public TestStack() {
    try {
      s3 = S3ProxyServer.start(null);
      bucket = s3.options("streamhouse");
    } catch (Exception e) {
      throw new IllegalStateException("S3Proxy does not start", e);
    }
  }

  public Vertx vertx() {
    return vertx;
  }

  public PostgresOptions postgres() {
    return postgres;
  }

  public S3Options bucket() {
    return bucket;
  }

  /** Options of an agent of this stack, on a free port of the loopback interface. */
  public AgentOptions agentOptions() {
    return new AgentOptions()
        .setHost("127.0.0.1")
        .setPort(0)
        .setMetadata(new PostgresOptions(postgres))
        .setStorage(new StorageOptions().setS3(new S3Options(bucket)))
        .setFlushIntervalMs(20);
  }

  /** Creates a topic, through the database. */
  public void createTopic(String name, int partitions) {
    await(PostgresMetadataStore.connect(vertx, postgres)
        .compose(store -> store.createTopic(name, partitions, Map.of()).eventually(store::close)));
  }

  public RunningAgent startAgent() {
    return startAgent(agentOptions());
  }

  public RunningAgent startAgent(AgentOptions options) {
    AgentVerticle verticle = new AgentVerticle(options);
    String id = await(vertx.deployVerticle(verticle));
    RunningAgent agent = new RunningAgent(id, verticle.address(), verticle.port());
    agents.add(agent);
    return agent;
  }

  /** Stops an agent as an operator would: it drains. */
  public void stopAgent(RunningAgent agent) {
    agents.remove(agent);
    await(vertx.undeploy(agent.deploymentId()));
  }

  /** Waits for a future; its failure is thrown as it is when it is unchecked. */
  public static <T> T await(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(WAIT_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException unchecked) {
        throw unchecked;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException | TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    await(vertx.close());
    try {
      s3.close();
    } catch (Exception e) {
      throw new IllegalStateException("S3Proxy does not stop", e);
    }
  }
}
