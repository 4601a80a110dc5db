package io.streamhouse.cli;

import io.streamhouse.StreamHouseException;
import io.streamhouse.agent.AgentOptions;
import io.streamhouse.agent.StorageOptions;
import io.streamhouse.common.AgentAddress;
import io.streamhouse.embedded.EmbeddedPostgres;
import io.streamhouse.metadata.postgres.PostgresOptions;
import io.vertx.core.Vertx;
import java.nio.file.Path;

/**
 * A whole cluster in this process and its children: a PostgreSQL server, an object store in a directory, and one agent.
 * The very parts of production, only close together. Listens on 127.0.0.1 alone: it asks nobody who they are.
 */
final class EmbeddedStack implements AutoCloseable {
  private static final String HOST = "127.0.0.1";

  private final EmbeddedPostgres postgres;
  private final AgentRunner agent;
  private final Path objects;

  private EmbeddedStack(EmbeddedPostgres postgres, AgentRunner agent, Path objects) {
    this.postgres = postgres;
    this.agent = agent;
    this.objects = objects;
  }

  /**
   * Starts everything; blocks the thread of the command.
   *
   * @param dataDirectory holds all that lasts; made when it is new, used again when it is not
   * @param port of the agent; 0: any free one
   */
  static EmbeddedStack start(Vertx vertx, Path dataDirectory, String agentId, int port) {
    try {
      return open(vertx, dataDirectory, agentId, port);
    } catch (StreamHouseException e) {
      throw CommandFailure.failed(String.valueOf(e.getMessage()), e);
    }
  }

  private static EmbeddedStack open(Vertx vertx, Path dataDirectory, String agentId, int port) {
    Path objects = objectsIn(dataDirectory);
    EmbeddedPostgres postgres = VertxSession.await(EmbeddedPostgres.start(vertx, dataDirectory));
    AgentOptions options = new AgentOptions()
        .setAgentId(agentId)
        .setHost(HOST)
        .setPort(port)
        .setMetadata(postgres.options())
        .setStorage(new StorageOptions().setDirectory(objects.toString()));
    AgentRunner agent = VertxSession.await(
        AgentRunner.start(vertx, options).onFailure(failure -> VertxSession.log(postgres.close())));
    return new EmbeddedStack(postgres, agent, objects);
  }

  /** Where a data directory keeps its objects: each in a file whose path ends with its key. */
  static Path objectsIn(Path dataDirectory) {
    return dataDirectory.toAbsolutePath().normalize().resolve("objects");
  }

  AgentAddress address() {
    return agent.address();
  }

  PostgresOptions metadata() {
    return postgres.options();
  }

  int postgresPort() {
    return postgres.port();
  }

  Path objects() {
    return objects;
  }

  /** Drains the agent, then stops the database; blocks the thread of the command. */
  @Override
  public void close() {
    VertxSession.await(agent.stop().eventually(postgres::close));
  }
}
