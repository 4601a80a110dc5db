package io.streamhouse.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.streamhouse.testing.S3ProxyServer;
import io.streamhouse.testing.TestPostgres;
import io.vertx.core.json.JsonObject;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real file through agents that are killed with kill -9 and started again in the middle, over a real PostgreSQL and an
 * S3 server that live on. Each third of the lines goes to a partition of its own, and must come back byte for byte.
 *
 * <p>System properties, set by scripts/crash-test: {@code streamhouse.crash.file} (default: this repository's own
 * sources), {@code streamhouse.crash.kills}, {@code streamhouse.crash.seed}.
 */
class KilledAgentsIT {
  private static final int PARTITIONS = 3;
  private static final int AGENTS = 2;

  @TempDir
  private Path directory;

  @Test
  @Tag("never-01")
  @Tag("never-05")
  @Tag("never-10")
  void whatIsSentWhileAgentsAreKilledComesBackByteForByte() throws Exception {
    int kills = Integer.getInteger("streamhouse.crash.kills", 4);
    long seed = Long.getLong("streamhouse.crash.seed", System.nanoTime());
    List<Path> parts = split(input());
    Path returned = directory.resolve("returned");
    try (S3ProxyServer s3 = S3ProxyServer.start(directory.resolve("s3"))) {
      List<AgentProcess> agents = new ArrayList<>();
      try {
        for (int i = 0; i < AGENTS; i++) {
          agents.add(new AgentProcess(directory.resolve("agent-" + i + ".json"), config(s3, i)));
        }
        String bootstrap = String.join(
            ",", agents.stream().map(agent -> "localhost:" + agent.port).toList());
        succeeded(Program.run(
            "topic", "create", "file", "--partitions", "" + PARTITIONS, "--bootstrap", bootstrap));

        try (Feeder feeder = new Feeder(kills)) {
          for (int partition = 0; partition < PARTITIONS; partition++) {
            feeder.feed(
                parts.get(partition),
                Program.start(
                    "produce",
                    "file",
                    "--partition",
                    "" + partition,
                    "--bootstrap",
                    bootstrap,
                    "--batch-bytes",
                    "4096",
                    "--json"));
          }
          Random random = new Random(seed);
          for (int i = 0; i < kills; i++) {
            AgentProcess victim = agents.get(random.nextInt(agents.size()));
            // Let it work for a while, at an arbitrary point of which it dies.
            await().pollDelay(Duration.ofMillis(200 + random.nextInt(800))).until(() -> true);
            victim.kill();
            victim.start();
            feeder.killed();
          }
          feeder.producers().forEach(KilledAgentsIT::succeeded);
        }

        for (int partition = 0; partition < PARTITIONS; partition++) {
          try (Program consumer = Program.start(
              false,
              "consume",
              "file",
              "--from",
              "earliest",
              "--partition",
              "" + partition,
              "--bootstrap",
              bootstrap)) {
            Files.copy(consumer.output(), returned);
            succeeded(consumer);
          }
          assertThat(Files.mismatch(parts.get(partition), returned))
              .as("first byte of partition %d that came back wrong; seed %d", partition, seed)
              .isEqualTo(-1);
          Files.delete(returned);
        }
      } finally {
        agents.forEach(AgentProcess::kill);
      }
    }
  }

  private JsonObject config(S3ProxyServer s3, int number) {
    JsonObject bucket = s3.options("crash").toJson(false);
    return new JsonObject()
        .put("agentId", "agent-" + number)
        .put("host", "127.0.0.1")
        .put("port", Program.freePort())
        // A killed agent's leases are free when its session expires: short, so that the test is.
        .put("sessionTtlMs", 1_000)
        .put("flushIntervalMs", 20)
        .put("metadata", TestPostgres.json(postgres))
        .put("storage", new JsonObject().put("s3", bucket));
  }

  private final io.streamhouse.metadata.postgres.PostgresOptions postgres =
      TestPostgres.freshDatabase();

  private Path input() throws IOException {
    String given = System.getProperty("streamhouse.crash.file");
    if (given != null) {
      return Path.of(given);
    }
    Path file = directory.resolve("sources.txt");
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file));
        Stream<Path> sources = Files.walk(Path.of("src"))) {
      for (Path source : sources.filter(Files::isRegularFile).sorted().toList()) {
        out.write(Files.readAllBytes(source));
        out.write('\n');
      }
    }
    return file;
  }

  /** Deals the lines out to one file for each partition. */
  private List<Path> split(Path file) throws IOException {
    List<Path> parts = new ArrayList<>();
    List<OutputStream> outs = new ArrayList<>();
    for (int i = 0; i < PARTITIONS; i++) {
      parts.add(directory.resolve("part-" + i));
      outs.add(new BufferedOutputStream(Files.newOutputStream(parts.get(i))));
    }
    int line = 0;
    byte[] bytes = Files.readAllBytes(file);
    int start = 0;
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == '\n') {
        outs.get(line++ % PARTITIONS).write(bytes, start, i + 1 - start);
        start = i + 1;
      }
    }
    for (OutputStream out : outs) {
      out.close();
    }
    assertThat(line).as("lines of %s", file).isGreaterThan(1_000);
    return parts;
  }

  private static void succeeded(Program program) {
    assertThat(program.await()).as(() -> program.stdout() + program.stderr()).isZero();
  }

  /** An agent as a process of its own, started again and again with the same configuration. */
  private static final class AgentProcess {
    private final Path conf;
    private final int port;
    private Program program;

    AgentProcess(Path conf, JsonObject config) throws IOException {
      this.conf = conf;
      this.port = config.getInteger("port");
      Files.write(conf, config.encodePrettily().getBytes(StandardCharsets.UTF_8));
      start();
    }

    void start() {
      program = Program.start("agent", "--conf", conf.toString());
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> program.stdout().contains("ready on") || !program.isAlive());
      assertThat(program.isAlive()).as(program::stderr).isTrue();
    }

    void kill() {
      program.signal("KILL");
      program.await();
    }
  }

  /**
   * Writes files to the producers in small pieces, and never more of them than the share of the kills that are done: so
   * there is something in flight at each kill, however fast the machine is.
   */
  private static final class Feeder implements AutoCloseable {
    private static final int PIECES = 400;
    private static final int PIECE_EVERY_MS = 20;

    private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(PARTITIONS);
    private final List<Program> producers = new ArrayList<>();
    private final AtomicInteger killed = new AtomicInteger();
    private final int kills;

    Feeder(int kills) {
      this.kills = kills;
    }

    List<Program> producers() {
      return producers;
    }

    void killed() {
      killed.incrementAndGet();
    }

    void feed(Path file, Program producer) throws IOException {
      producers.add(producer);
      byte[] bytes = Files.readAllBytes(file);
      AtomicInteger piece = new AtomicInteger();
      threads.scheduleWithFixedDelay(
          () -> {
            int next = piece.get();
            int allowed = PIECES * (killed.get() + 1) / (kills + 1);
            if (next < allowed) {
              piece.incrementAndGet();
              producer.write(
                  Arrays.copyOfRange(bytes, at(next, bytes.length), at(next + 1, bytes.length)));
              if (next + 1 == PIECES) {
                producer.endInput();
              }
            }
          },
          0,
          PIECE_EVERY_MS,
          TimeUnit.MILLISECONDS);
    }

    private static int at(int piece, int length) {
      return (int) ((long) length * piece / PIECES);
    }

    @Override
    public void close() {
      threads.shutdownNow();
      producers.forEach(Program::close);
    }
  }
}
