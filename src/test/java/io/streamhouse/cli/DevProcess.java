package io.streamhouse.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A running {@code dev}, and commands that talk to it. */
final class DevProcess implements AutoCloseable {
  private final int port;
  private final Program program;

  private DevProcess(int port, Program program) {
    this.port = port;
    this.program = program;
  }

  static DevProcess start(Path dataDirectory) {
    return start(dataDirectory, Program.freePort());
  }

  static DevProcess start(Path dataDirectory, int port) {
    Program program = Program.start(
        "dev",
        "--data-dir",
        dataDirectory.toString(),
        "--port",
        Integer.toString(port),
        "--management-port",
        Integer.toString(Program.freePort()));
    await()
        .atMost(Duration.ofSeconds(90))
        .until(() -> program.stdout().contains("ready on") || !program.isAlive());
    assertThat(program.isAlive()).as(program.stderr()).isTrue();
    return new DevProcess(port, program);
  }

  int port() {
    return port;
  }

  Program program() {
    return program;
  }

  String[] args(String... args) {
    List<String> all = new ArrayList<>(Arrays.asList(args));
    all.addAll(List.of("--bootstrap", "127.0.0.1:" + port));
    return all.toArray(String[]::new);
  }

  /** Runs a client command; it has to succeed. */
  Program run(String... args) {
    return run(new byte[0], args);
  }

  Program run(byte[] stdin, String... args) {
    Program client = Program.run(stdin, args(args));
    assertThat(client.exitCode()).as(client.stderr() + client.stdout()).isZero();
    return client;
  }

  /** Stops it as Ctrl-C's gentle sister does. */
  @Override
  public void close() {
    if (program.isAlive()) {
      program.signal("TERM");
      program.await();
    }
  }
}
