package io.streamhouse.cli;

import io.streamhouse.Admin;
import io.streamhouse.AdminOptions;
import io.streamhouse.Consumer;
import io.streamhouse.ConsumerOptions;
import io.streamhouse.StartPosition;
import io.streamhouse.common.TopicNames;
import io.vertx.core.Context;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code streamhouse consume}. */
@Command(
    name = "consume",
    description = {
      "Print the records of a topic, one a line: values as the bytes they are.",
      "Ends at the end of the log, unless --follow. What else is asked for stands before the value,"
          + " in the order partition, offset, timestamp, headers, key."
    },
    footer = {
      "",
      "Examples:",
      "  streamhouse consume logs --follow",
      "  streamhouse consume logs --partition 0 --offset 1000 --max 10 --print-offset",
      "  streamhouse consume logs --from 2026-11-23T14:00:00Z --json | jq .value"
    })
final class ConsumeCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin
  private AgentsOption agents = new AgentsOption();

  @Mixin
  private PrintFlags print = new PrintFlags();

  @Parameters(paramLabel = "TOPIC", description = "The topic.")
  private String topic = "";

  @Option(
      names = "--from",
      paramLabel = "POSITION",
      description = "earliest, latest, a time as 2026-11-23T14:00:00Z, or milliseconds since 1970."
          + " Default: earliest")
  private @Nullable String from;

  @Option(
      names = "--partition",
      paramLabel = "N",
      split = ",",
      description = "Read this partition only; repeatable. Default: all")
  private List<Integer> partitions = new ArrayList<>();

  @Option(
      names = "--offset",
      paramLabel = "N",
      description = "Begin at this offset of the partitions given with --partition.")
  private @Nullable Long offset;

  @Option(names = "--follow", description = "Go on waiting for new records at the end of the log.")
  private boolean follow;

  @Option(names = "--max", paramLabel = "N", description = "End after N records.")
  private @Nullable Long recordsMax;

  ConsumeCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    TopicNames.validate(topic);
    ConsumerOptions options = options();
    RecordPrinter printer = print.printer();
    long max = recordsMax == null ? Long.MAX_VALUE : recordsMax;
    if (max < 1) {
      throw CommandFailure.usage("--max must be at least 1, but is " + max);
    }
    AtomicBoolean interrupted = new AtomicBoolean();
    try (VertxSession session = new VertxSession()) {
      Vertx vertx = session.vertx();
      VertxSession.await(
          Admin.create(vertx, new AdminOptions().setBootstrap(options.getBootstrap()))
              .describeTopic(topic));
      Context context = vertx.getOrCreateContext();
      Promise<Void> ended = Promise.promise();
      context.runOnContext(v -> {
        ConsumeJob job =
            new ConsumeJob(vertx, terminal, Consumer.create(vertx, options), printer, max);
        Signals.onFirst(signal -> {
          interrupted.set(true);
          context.runOnContext(now -> job.stop());
        });
        job.run().onComplete(ended);
      });
      VertxSession.await(ended.future());
    }
    return interrupted.get() ? ExitCodes.INTERRUPTED : ExitCodes.OK;
  }

  private ConsumerOptions options() {
    ConsumerOptions options =
        new ConsumerOptions().setBootstrap(agents.addresses()).setTopic(topic).setFollow(follow);
    try {
      options.setPartitions(partitions);
      return options.setStartPosition(start());
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage(String.valueOf(e.getMessage()), e);
    }
  }

  private StartPosition start() {
    if (offset == null) {
      return TimeArgument.parse(from == null ? "earliest" : from, ZoneId.systemDefault());
    }
    if (from != null) {
      throw CommandFailure.usage("give one of --from and --offset");
    }
    if (partitions.isEmpty()) {
      throw CommandFailure.usage("--offset needs --partition: every partition has its own offsets");
    }
    Map<Integer, Long> offsets = new HashMap<>();
    for (int partition : partitions) {
      offsets.put(partition, offset);
    }
    return StartPosition.offsets(offsets);
  }
}
