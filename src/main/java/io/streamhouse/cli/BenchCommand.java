package io.streamhouse.cli;

import io.streamhouse.ProducerOptions;
import io.streamhouse.common.Ranges;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code streamhouse bench}. */
@Command(
    name = "bench",
    description = {
      "Measure durable acknowledgements: every record counted is stored and committed.",
      "Without --bootstrap it starts a cluster of its own in a temporary directory, which then"
          + " shares the processors with the load."
    },
    footer = {
      "",
      "Examples:",
      "  streamhouse bench",
      "  streamhouse bench --rate 10000 --duration 30 --record-bytes 1024 --json",
      "  streamhouse bench --bootstrap agent-1:9470,agent-2:9470 --partitions 12"
    })
final class BenchCommand implements Callable<Integer> {
  private static final long DEFAULT_DURATION_SECONDS = 10;

  private final Terminal terminal;

  @Mixin
  private ProducerFlags producerFlags = new ProducerFlags();

  @Option(
      names = "--bootstrap",
      split = ",",
      paramLabel = "HOST:PORT",
      description = "Agents of a running cluster. Default: a cluster of its own")
  private @Nullable List<String> bootstrap;

  @Option(names = "--records", paramLabel = "N", description = "Send N records.")
  private @Nullable Long records;

  @Option(
      names = "--duration",
      paramLabel = "SECONDS",
      description =
          "Send for so long, when --records is not given. Default: " + DEFAULT_DURATION_SECONDS)
  private @Nullable Long durationSeconds;

  @Option(
      names = "--warmup",
      paramLabel = "SECONDS",
      defaultValue = "3",
      description = "Send for so long before measuring. Default: ${DEFAULT-VALUE}")
  private long warmupSeconds;

  @Option(
      names = "--record-bytes",
      paramLabel = "BYTES",
      defaultValue = "100",
      description = "Size of each record's value. Default: ${DEFAULT-VALUE}")
  private int recordBytes;

  @Option(
      names = "--partitions",
      paramLabel = "N",
      defaultValue = "6",
      description = "Of the topic, which is made and removed. Default: ${DEFAULT-VALUE}")
  private int partitions;

  @Option(
      names = "--rate",
      paramLabel = "N",
      defaultValue = "0",
      description = "Records a second; 0: as fast as possible. Default: ${DEFAULT-VALUE}")
  private long ratePerSecond;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  BenchCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    BenchPlan plan = plan();
    ProducerOptions options = producerFlags.options();
    if (bootstrap != null) {
      try {
        options.setBootstrap(bootstrap);
      } catch (IllegalArgumentException e) {
        throw CommandFailure.usage("--bootstrap: " + e.getMessage(), e);
      }
    }
    try (VertxSession session = new VertxSession()) {
      Interruption.endsWhatRuns();
      report(bootstrap == null ? embedded(session, options, plan) : run(session, options, plan));
    }
    return ExitCodes.OK;
  }

  private BenchResult embedded(VertxSession session, ProducerOptions options, BenchPlan plan)
      throws IOException {
    try (TemporaryDirectory directory = new TemporaryDirectory("streamhouse-bench-");
        EmbeddedStack stack = EmbeddedStack.start(session.vertx(), directory.path(), "bench", 0)) {
      options.setBootstrap(List.of(stack.address().toString()));
      return run(session, options, plan);
    }
  }

  private BenchResult run(VertxSession session, ProducerOptions options, BenchPlan plan) {
    return new BenchJob(session.vertx(), terminal, options)
        .run(plan, TimeUnit.SECONDS.toNanos(warmupSeconds));
  }

  private void report(BenchResult result) {
    if (json) {
      terminal.line(result.json().encode());
    } else {
      result.text().forEach(terminal::line);
    }
  }

  private BenchPlan plan() {
    if (records != null && durationSeconds != null) {
      throw CommandFailure.usage("give one of --records and --duration");
    }
    long seconds = durationSeconds == null ? DEFAULT_DURATION_SECONDS : durationSeconds;
    try {
      Ranges.require("--warmup", warmupSeconds, 0, 86_400);
      return new BenchPlan(
          records == null ? 0 : Ranges.require("--records", records, 1, Long.MAX_VALUE),
          TimeUnit.SECONDS.toNanos(Ranges.require("--duration", seconds, 1, 86_400)),
          Ranges.require("--record-bytes", recordBytes, 1, 1 << 20),
          Ranges.require("--partitions", partitions, 1, 10_000),
          Ranges.require("--rate", ratePerSecond, 0, 100_000_000));
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage(String.valueOf(e.getMessage()), e);
    }
  }
}
