package io.streamhouse.testing;

import io.streamhouse.embedded.EmbeddedPostgres;
import io.streamhouse.metadata.postgres.PostgresOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A real PostgreSQL for tests: one server for each test JVM, started when it is first needed, with an empty database of
 * its own for whoever asks. With the system property {@code streamhouse.test.postgres} set to the URI of a superuser's
 * database, that server is used instead.
 */
public final class TestPostgres {
  private static final AtomicInteger DATABASES = new AtomicInteger();
  private static final long WAIT_SECONDS = 90;

  private TestPostgres() {}

  /** Options for a new, empty database. Close what connects to it; the database goes with the server. */
  public static PostgresOptions freshDatabase() {
    String name = "test_" + ProcessHandle.current().pid() + "_" + DATABASES.incrementAndGet();
    PostgresOptions server = Server.OPTIONS;
    query(server, "CREATE DATABASE " + name);
    return new PostgresOptions(server).setUri(server.getUri().replaceFirst("/[^/]*$", "/" + name));
  }

  /** The options as an agent's configuration file has them, password included. */
  public static JsonObject json(PostgresOptions options) {
    JsonObject json = options.toJson();
    json.remove("password");
    String password = System.getProperty("streamhouse.test.postgres.password", Server.password());
    return password.isEmpty() ? json : json.put("password", password);
  }

  /** Runs SQL on a connection of its own and waits for the result of the last statement. */
  public static List<Row> query(PostgresOptions options, String sql) {
    return await(onConnection(
        options, connection -> connection.query(sql).execute().map(TestPostgres::lastResult)));
  }

  /** A connection beside the store's, without its limits. Whoever asks closes it. */
  public static Future<PgConnection> connect(PostgresOptions options) {
    String password = System.getProperty("streamhouse.test.postgres.password", Server.password());
    PgConnectOptions connect =
        PgConnectOptions.fromUri(options.getUri()).setUser(options.getUser()).setPassword(password);
    return PgConnection.connect(Server.VERTX, connect);
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

  private static <T> Future<T> onConnection(
      PostgresOptions options, Function<PgConnection, Future<T>> work) {
    return connect(options)
        .compose(connection -> work.apply(connection).eventually(connection::close));
  }

  private static List<Row> lastResult(RowSet<Row> rows) {
    RowSet<Row> last = rows;
    while (last.next() != null) {
      last = last.next();
    }
    return Stream.iterate(last.iterator(), i -> i.hasNext(), i -> i)
        .map(i -> i.next())
        .toList();
  }

  /** Started by the class loader: once, when somebody needs it. */
  private static final class Server {
    private static final Vertx VERTX = Vertx.vertx();
    private static final @org.jspecify.annotations.Nullable EmbeddedPostgres EMBEDDED;
    private static final PostgresOptions OPTIONS;

    static {
      String external = System.getProperty("streamhouse.test.postgres");
      if (external == null) {
        Path directory = Path.of(
            "target", "test-postgres", Long.toString(ProcessHandle.current().pid()));
        EMBEDDED = await(EmbeddedPostgres.start(VERTX, directory));
        OPTIONS = EMBEDDED.options();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
          // Flushing the files of many databases would take longer than the tests.
          await(EMBEDDED.closeAtOnce());
          delete(directory);
        }));
      } else {
        EMBEDDED = null;
        OPTIONS = new PostgresOptions().setUri(external).setSslMode("disable");
      }
    }

    static String password() {
      if (EMBEDDED == null) {
        return "";
      }
      Path file = EMBEDDED.log().resolveSibling("postgresql.password");
      try {
        return Files.readString(file).trim();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static void delete(Path directory) {
      try (Stream<Path> paths = Files.walk(directory)) {
        for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
