package io.streamhouse.cli;

import io.streamhouse.Admin;
import io.streamhouse.AdminOptions;
import io.streamhouse.PartitionDescription;
import io.streamhouse.Producer;
import io.streamhouse.ProducerOptions;
import io.streamhouse.TopicDescription;
import io.vertx.core.Vertx;
import java.util.Map;
import java.util.UUID;

/** Runs a bench on a topic of its own, which it removes, and makes sure that the log holds what was acknowledged. */
final class BenchJob {
  private final Vertx vertx;
  private final Terminal terminal;
  private final ProducerOptions options;

  BenchJob(Vertx vertx, Terminal terminal, ProducerOptions options) {
    this.vertx = vertx;
    this.terminal = terminal;
    this.options = options;
  }

  BenchResult run(BenchPlan plan, long warmupNanos) {
    Admin admin = Admin.create(vertx, new AdminOptions().setBootstrap(options.getBootstrap()));
    String topic = "bench-" + UUID.randomUUID();
    VertxSession.await(admin.createTopic(topic, plan.partitions(), Map.of()));
    Producer producer = Producer.create(vertx, options);
    try {
      long before = 0;
      if (warmupNanos > 0) {
        terminal.progress("warming up");
        before = load(producer, topic, plan.lasting(warmupNanos)).acknowledged();
      }
      terminal.progress("measuring");
      BenchLoad load = load(producer, topic, plan);
      terminal.clearProgress();
      verify(admin, topic, before + load.acknowledged());
      return new BenchResult(plan, load.acknowledged(), load.elapsedNanos(), load.latency());
    } finally {
      VertxSession.await(producer.close());
      VertxSession.await(admin.deleteTopic(topic));
    }
  }

  private BenchLoad load(Producer producer, String topic, BenchPlan plan) {
    BenchLoad load = new BenchLoad(vertx, producer, topic, plan);
    VertxSession.await(load.run());
    return load;
  }

  private static void verify(Admin admin, String topic, long acknowledged) {
    TopicDescription found = VertxSession.await(admin.describeTopic(topic));
    long inLog =
        found.partitions().stream().mapToLong(PartitionDescription::endOffset).sum();
    if (inLog != acknowledged) {
      throw CommandFailure.failed("the log holds " + Figures.count(inLog) + " records, but "
          + Figures.count(acknowledged) + " were acknowledged");
    }
  }
}
