package io.streamhouse.embedded;

import io.streamhouse.ErrorCode;
import io.streamhouse.StreamHouseException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The start of an embedded server: take the directory, unpack, initdb if it is new, start, wait until it is ready. */
final class Startup {
  private static final Logger LOG = LoggerFactory.getLogger(Startup.class);

  private static final long POLL_MS = 20;
  private static final int READY_POLLS = 3_000;
  private static final int LEFTOVER_POLLS = 500;
  private static final int PORT_ATTEMPTS = 3;

  /** For a development machine: little memory; no replication, so that less is logged; durable. */
  private static final List<String> SETTINGS = List.of(
      "fsync=on",
      "full_page_writes=on",
      "synchronous_commit=on",
      "listen_addresses=127.0.0.1",
      "unix_socket_directories=",
      "shared_buffers=64MB",
      "max_connections=60",
      "max_wal_size=512MB",
      "wal_level=minimal",
      "max_wal_senders=0",
      "wal_compression=on",
      "max_parallel_workers_per_gather=0",
      "jit=off",
      "log_min_messages=warning",
      "log_line_prefix=%m [%p] ");

  private final Vertx vertx;
  private final DataDirectory data;
  private final ServerUser user;
  private final List<String> extraSettings;

  Startup(Vertx vertx, DataDirectory data, ServerUser user, List<String> extraSettings) {
    this.vertx = vertx;
    this.data = data;
    this.user = user;
    this.extraSettings = extraSettings;
  }

  Future<EmbeddedPostgres> run(int port) {
    return vertx
        .executeBlocking(() -> {
          data.lock();
          return null;
        })
        .compose(v -> locked(port).recover(failure -> vertx
            .executeBlocking(() -> {
              data.unlock();
              return null;
            })
            .compose(u -> Future.failedFuture(failure))));
  }

  private Future<EmbeddedPostgres> locked(int port) {
    return awaitNobody(LEFTOVER_POLLS)
        .compose(v -> vertx.executeBlocking(this::prepare))
        .compose(bin -> initialize(bin)
            .compose(v -> vertx.executeBlocking(data::password))
            .compose(password -> startOnPort(bin, port, password, 1)));
  }

  /** The server of a killed process stops by itself; one that does not belongs to somebody. */
  private Future<Void> awaitNobody(int polls) {
    return vertx.executeBlocking(data::runningServer).compose(running -> {
      if (running.isEmpty()) {
        return Future.succeededFuture();
      }
      return polls == 0
          ? Future.failedFuture(data.inUse("the PostgreSQL server with process " + running.get()))
          : vertx.timer(POLL_MS).compose(v -> awaitNobody(polls - 1));
    });
  }

  private Path prepare() throws IOException {
    data.tidy();
    if (user == ServerUser.NOBODY) {
      Directories.letPass(data.path());
      requireReachable(data.path());
    }
    if (Files.exists(data.cluster())) {
      user.own(data.cluster());
    }
    Path home = PostgresBinaries.unpack(caches());
    if (user == ServerUser.NOBODY) {
      requireReachable(home);
    }
    return home.resolve("bin");
  }

  private List<Path> caches() throws IOException {
    Path shared = Path.of("/var/cache/streamhouse");
    Path temporary =
        Path.of(System.getProperty("java.io.tmpdir"), "streamhouse-" + Users.current());
    if (user == ServerUser.NOBODY) {
      return List.of(shared, temporary);
    }
    String xdg = System.getenv("XDG_CACHE_HOME");
    Path own = xdg == null || xdg.isEmpty()
        ? Path.of(System.getProperty("user.home"), ".cache")
        : Path.of(xdg);
    return List.of(own.resolve("streamhouse"), temporary);
  }

  private void requireReachable(Path path) throws IOException {
    if (!user.succeeds("test", "-x", path.toString())) {
      throw StreamHouseException.of(
          ErrorCode.INVALID_CONFIGURATION,
          "PostgreSQL runs as user " + Users.NOBODY + " here, who cannot enter " + path
              + ": let others search the directories above it (chmod o+x), or choose a place like"
              + " /var/tmp/streamhouse with --data-dir");
    }
  }

  private Future<Void> initialize(Path bin) {
    if (data.isInitialized()) {
      return Future.succeededFuture();
    }
    return vertx
        .executeBlocking(() -> startInitdb(bin))
        .compose(ended -> ended)
        .compose(code -> code == 0
            ? vertx.executeBlocking(() -> {
              Files.delete(data.passwordForInit());
              return Files.move(
                  data.unfinishedCluster(), data.cluster(), StandardCopyOption.ATOMIC_MOVE);
            })
            : failed("initdb ended with code " + code))
        .mapEmpty();
  }

  private Future<Integer> startInitdb(Path bin) throws IOException {
    Path password = data.passwordForInit();
    Path cluster = data.unfinishedCluster();
    DataDirectory.writePrivate(password, data.password() + "\n");
    Directories.createPrivate(cluster);
    user.own(password);
    user.own(cluster);
    List<String> command = List.of(
        bin.resolve("initdb").toString(),
        "--pgdata=" + cluster,
        "--username=postgres",
        "--pwfile=" + password,
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C",
        "--no-instructions");
    return ServerProcess.run(vertx, user, command, data.log(), data.path());
  }

  private Future<EmbeddedPostgres> startOnPort(Path bin, int port, String password, int attempt) {
    return vertx
        .executeBlocking(() -> {
          int chosen = port == 0 ? freePort() : port;
          ServerProcess process =
              ServerProcess.start(vertx, user, command(bin, chosen), data.log(), data.path());
          return new EmbeddedPostgres(vertx, data, process, chosen, password);
        })
        .compose(server -> awaitReady(server, READY_POLLS).map(server))
        .onSuccess(server -> LOG.info(
            "Started the embedded PostgreSQL on 127.0.0.1:{} with its data in {}",
            server.port(),
            data.path()))
        .recover(failure -> {
          // Somebody else may take a free port before the server does.
          boolean taken = String.valueOf(failure.getMessage()).contains("Address already in use");
          return port == 0 && taken && attempt < PORT_ATTEMPTS
              ? startOnPort(bin, 0, password, attempt + 1)
              : Future.failedFuture(failure);
        });
  }

  private Future<Void> awaitReady(EmbeddedPostgres server, int polls) {
    ServerProcess process = server.process();
    return vertx.executeBlocking(() -> data.isReady(process.handle())).compose(ready -> {
      if (ready) {
        return Future.succeededFuture();
      }
      if (!process.isAlive()) {
        return failed("it ended while starting");
      }
      return polls == 0
          ? process.stop().compose(v -> failed("it was not ready in time"))
          : vertx.timer(POLL_MS).compose(v -> awaitReady(server, polls - 1));
    });
  }

  private List<String> command(Path bin, int port) {
    List<String> command = new ArrayList<>(List.of(
        bin.resolve("postgres").toString(),
        "-D",
        data.cluster().toString(),
        "-p",
        Integer.toString(port)));
    for (String setting : SETTINGS) {
      command.addAll(List.of("-c", setting));
    }
    // The last one counts.
    for (String setting : extraSettings) {
      command.addAll(List.of("-c", setting));
    }
    return command;
  }

  private <T> Future<T> failed(String reason) {
    return vertx
        .executeBlocking(data::endOfLog)
        .compose(log -> Future.failedFuture(StreamHouseException.of(
            ErrorCode.UNAVAILABLE,
            "the embedded PostgreSQL cannot be started: " + reason + "; the end of " + data.log()
                + ": " + log)));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
