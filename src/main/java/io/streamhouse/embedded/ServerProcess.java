package io.streamhouse.embedded;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running server. A shell between it and this process waits at the end of a pipe: it passes signals on, and when
 * the pipe breaks because this process has ended in whatever way, it stops the server. The server has a session of its
 * own, so that Ctrl-C in a terminal reaches this process only, which still needs the server to drain.
 */
final class ServerProcess {
  private static final Logger LOG = LoggerFactory.getLogger(ServerProcess.class);

  private static final long FAST_SHUTDOWN_SECONDS = 15;
  private static final long IMMEDIATE_SHUTDOWN_SECONDS = 5;

  private static final String SCRIPT =
      """
      exec 3<&0
      "$@" </dev/null 3<&- &
      server=$!
      (while read -r signal; do kill -"$signal" "$server"; done; kill -INT "$server") <&3 &
      watcher=$!
      exec 3<&-
      wait "$server"
      status=$?
      kill "$watcher" 2>/dev/null
      exit "$status"
      """;

  private final Vertx vertx;
  private final Process process;

  private ServerProcess(Vertx vertx, Process process) {
    this.vertx = vertx;
    this.process = process;
  }

  /** Starts it; blocking. */
  static ServerProcess start(Vertx vertx, ServerUser user, List<String> server, Path log, Path home)
      throws IOException {
    List<String> command = new ArrayList<>(List.of("setsid", "--wait", "sh", "-c", SCRIPT, "sh"));
    command.addAll(server);
    return new ServerProcess(vertx, launch(user.command(command), log, home));
  }

  /** Starts a program that ends by itself; blocking only for the start. */
  static Future<Integer> run(
      Vertx vertx, ServerUser user, List<String> command, Path log, Path home) throws IOException {
    Process started = launch(user.command(command), log, home);
    started.getOutputStream().close();
    return exitCode(vertx, started);
  }

  ProcessHandle handle() {
    return process.toHandle();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Completes with the exit code when the server has ended. */
  Future<Integer> ended() {
    return exitCode(vertx, process);
  }

  /** Stops the server: connections are cut, data is flushed. Bounded: after 15 s without flushing, after 20 s it fails. */
  Future<Void> stop() {
    return signal("INT")
        .compose(v -> ended().timeout(FAST_SHUTDOWN_SECONDS, TimeUnit.SECONDS))
        .<Void>mapEmpty()
        .recover(
            slow -> slow instanceof TimeoutException ? stopAtOnce() : Future.failedFuture(slow));
  }

  /** Stops the server without flushing; its next start replays the log. Fails after 5 s. */
  Future<Void> stopAtOnce() {
    return signal("QUIT")
        .compose(v -> ended().timeout(IMMEDIATE_SHUTDOWN_SECONDS, TimeUnit.SECONDS))
        .mapEmpty();
  }

  /** Does what the end of this process does: the server stops by itself. */
  void breakPipe() throws IOException {
    process.getOutputStream().close();
  }

  private Future<Void> signal(String name) {
    return vertx.executeBlocking(() -> {
      if (process.isAlive()) {
        OutputStream pipe = process.getOutputStream();
        try {
          pipe.write((name + "\n").getBytes(StandardCharsets.US_ASCII));
          pipe.flush();
        } catch (IOException e) {
          LOG.debug("The server has ended before it was told to", e);
        }
      }
      return null;
    });
  }

  private static Process launch(List<String> command, Path log, Path home) throws IOException {
    File output = log.toFile();
    ProcessBuilder builder = new ProcessBuilder(command)
        .directory(home.toFile())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(output));
    builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
    builder.environment().put("LC_ALL", "C");
    return builder.start();
  }

  private static Future<Integer> exitCode(Vertx vertx, Process process) {
    return Future.fromCompletionStage(process.onExit(), vertx.getOrCreateContext())
        .map(Process::exitValue);
  }
}
