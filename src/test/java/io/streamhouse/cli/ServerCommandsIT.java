package io.streamhouse.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that run an agent, as processes. */
class ServerCommandsIT {
  @TempDir
  private Path directory;

  private static byte[] lines(int from, int until) {
    return IntStream.range(from, until)
        .mapToObj(i -> "line " + i + "\n")
        .collect(Collectors.joining())
        .getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void whatIsAcknowledgedSurvivesKillNineAndOffsetsGoOn() {
    Path data = directory.resolve("data");
    try (DevProcess first = DevProcess.start(data)) {
      first.run("topic", "create", "logs");
      first.run(lines(0, 5_000), "produce", "logs");
      first.program().signal("KILL");
      first.program().await();
    }
    try (DevProcess second = DevProcess.start(data)) {
      assertThat(second.run("consume", "logs").stdoutBytes()).isEqualTo(lines(0, 5_000));
      assertThat(second.run(lines(5_000, 6_000), "produce", "logs").stdout())
          .contains("offsets 5000..5999");
      assertThat(second.run("consume", "logs").stdoutBytes()).isEqualTo(lines(0, 6_000));
    }
  }

  @Test
  void aProducerGoesOnWhenTheAgentIsKilledAndStartedAgain() {
    Path data = directory.resolve("data");
    int port = Program.freePort();
    DevProcess first = DevProcess.start(data, port);
    first.run("topic", "create", "logs");
    try (Program produce = Program.start(first.args("produce", "logs", "--json"))) {
      produce.write(lines(0, 1_000));
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> first.run("consume", "logs").stdoutBytes().length > 0);
      produce.write(lines(1_000, 2_000));
      first.program().signal("KILL");
      first.program().await();
      produce.write(lines(2_000, 3_000));
      produce.endInput();
      try (DevProcess second = DevProcess.start(data, port)) {
        assertThat(produce.await()).as(produce.stderr()).isZero();
        assertThat(new JsonObject(produce.stdout()).getLong("acknowledgedRecords"))
            .isEqualTo(3_000);
        assertThat(second.run("consume", "logs").stdoutBytes()).isEqualTo(lines(0, 3_000));
      }
    }
  }

  @Test
  void aProducerWhoseAgentStaysAwayReportsWhatWasAcknowledged() {
    DevProcess dev = DevProcess.start(directory.resolve("data"));
    dev.run("topic", "create", "logs");
    try (Program produce =
        Program.start(dev.args("produce", "logs", "--delivery-timeout-ms", "3000", "--json"))) {
      produce.write(lines(0, 100));
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> dev.run("consume", "logs").stdoutBytes().length == lines(0, 100).length);
      dev.program().signal("KILL");
      dev.program().await();
      produce.write(lines(100, 200));
      produce.endInput();
      assertThat(produce.await()).isEqualTo(1);
      JsonObject summary = new JsonObject(produce.stdout());
      assertThat(summary.getLong("acknowledgedRecords")).isEqualTo(100);
      assertThat(summary.getLong("doubtfulRecords") + summary.getLong("notWrittenRecords"))
          .isEqualTo(100);
      assertThat(produce.stderr().lines().filter(line -> line.startsWith("streamhouse: ")))
          .hasSize(1);
    }
  }

  @Test
  void aSecondDevSaysWhatIsTakenAndHowToChooseAnother() {
    Path data = directory.resolve("data");
    try (DevProcess dev = DevProcess.start(data)) {
      Program samePort = Program.run(
          "dev",
          "--data-dir",
          directory.resolve("other").toString(),
          "--port",
          Integer.toString(dev.port()),
          "--management-port",
          Integer.toString(Program.freePort()));
      assertThat(samePort.exitCode()).isEqualTo(1);
      assertThat(samePort.stderr())
          .contains("port " + dev.port() + " is taken by another 'streamhouse dev'")
          .contains("--port");
      assertThat(directory.resolve("other")).doesNotExist();
      Program sameData = Program.run(
          "dev",
          "--data-dir",
          data.toString(),
          "--port",
          Integer.toString(Program.freePort()),
          "--management-port",
          Integer.toString(Program.freePort()));
      assertThat(sameData.exitCode()).isEqualTo(1);
      assertThat(sameData.stderr()).contains(data.toString()).contains("--data-dir");
      dev.run("topic", "list");
    }
  }

  @Test
  void sigtermDrainsAndExitsWithZero() {
    DevProcess dev = DevProcess.start(directory.resolve("data"));
    dev.program().signal("TERM");
    assertThat(dev.program().await()).as(dev.program().stderr()).isZero();
    assertThat(dev.program().stderr()).doesNotContain("Exception");
  }

  @Test
  void theDemoComparesEveryByteAndLeavesNothing() throws IOException {
    Program demo = Program.run("demo");
    assertThat(demo.exitCode()).as(demo.stdout() + demo.stderr()).isZero();
    assertThat(demo.stdout())
        .contains("acknowledged 1,000 records")
        .contains(".seg")
        .endsWith("OK: what was read is what was sent\n");
    String temporary = demo.stdout().lines().findFirst().orElseThrow().replaceAll(".* in ", "");
    assertThat(Path.of(temporary)).doesNotExist();

    Path file = Files.write(directory.resolve("empty.txt"), new byte[0]);
    assertThat(Program.run("demo", "--file", file.toString()).exitCode()).isZero();
  }

  @Test
  void theBenchCountsWhatIsDurable() {
    Program bench = Program.run("bench", "--records", "20000", "--warmup", "1", "--json");
    assertThat(bench.exitCode()).as(bench.stderr()).isZero();
    JsonObject result = new JsonObject(bench.stdout());
    assertThat(result.getLong("records")).isEqualTo(20_000);
    assertThat(result.getDouble("recordsPerSecond")).isPositive();
    assertThat(result.getJsonObject("ackLatencyMs").fieldNames())
        .containsExactly("p50", "p95", "p99", "p99.9", "max");
  }

  @Test
  void anAgentRefusesAConfigurationThatIsWrong() throws IOException {
    Path conf = Files.writeString(
        directory.resolve("agent.json"), "{\"prot\": 1, \"storage\": {\"file\": {}}}");
    Program agent = Program.run("agent", "--conf", conf.toString());
    assertThat(agent.exitCode()).isEqualTo(2);
    assertThat(agent.stderr()).contains("unknown option prot, did you mean port?");
  }

  @Test
  void nothingOfADevIsLeftRunning() throws IOException {
    Path data = directory.resolve("data");
    try (DevProcess dev = DevProcess.start(data)) {
      dev.program().signal("KILL");
      dev.program().await();
    }
    await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
      try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
        assertThat(all.map(process -> process.info().commandLine().orElse(""))
                .filter(command -> command.contains(data.toString())))
            .isEmpty();
      }
    });
  }
}
