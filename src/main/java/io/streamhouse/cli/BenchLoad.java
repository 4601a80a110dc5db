package io.streamhouse.cli;

import io.streamhouse.Producer;
import io.streamhouse.ProducerRecord;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import org.jspecify.annotations.Nullable;

/**
 * Sends records, at a rate or as fast as there is room, and measures how long each takes to be durable. With a rate the
 * clock of a record begins when it was due, not when its turn came: a stall of the log then shows in every record it has
 * delayed (no coordinated omission). Confined to one context.
 */
final class BenchLoad {
  private static final long TICK_MS = 1;
  private static final int RECORDS_PER_TURN = 2_000;
  private static final double NANOS_PER_SECOND = 1e9;

  private final Vertx vertx;
  private final Context context;
  private final Producer producer;
  private final String topic;
  private final BenchPlan plan;
  private final BenchPayload payload;
  private final LatencyRecorder latency = new LatencyRecorder();
  private final Promise<Void> done = Promise.promise();
  private long startedAt;
  private long lastAckAt;
  private long sent;
  private long acknowledged;
  private boolean waiting;
  private boolean stopped;
  private @Nullable Throwable failure;

  BenchLoad(Vertx vertx, Producer producer, String topic, BenchPlan plan) {
    this.vertx = vertx;
    this.producer = producer;
    this.topic = topic;
    this.plan = plan;
    context = vertx.getOrCreateContext();
    payload = new BenchPayload(plan.recordBytes());
  }

  /** Sends everything; completes when every record is acknowledged, fails with the first that is not. */
  Future<Void> run() {
    context.runOnContext(v -> {
      startedAt = ProcessClock.nanoTime();
      lastAckAt = startedAt;
      producer.drainHandler(drained -> context.runOnContext(now -> goOn()));
      turn();
    });
    return done.future();
  }

  LatencyRecorder latency() {
    return latency;
  }

  long acknowledged() {
    return acknowledged;
  }

  /** From the first record sent to the last one acknowledged. */
  long elapsedNanos() {
    return lastAckAt - startedAt;
  }

  private void goOn() {
    if (waiting) {
      waiting = false;
      turn();
    }
  }

  private void turn() {
    long nowNanos = ProcessClock.nanoTime() - startedAt;
    long target = target(nowNanos);
    for (int count = 0; count < RECORDS_PER_TURN && sent < target; count++) {
      if (stopped) {
        return;
      }
      if (producer.writeQueueFull()) {
        waiting = true;
        return;
      }
      send();
    }
    if (isOver(nowNanos)) {
      finish();
    } else if (sent < target) {
      context.runOnContext(v -> turn());
    } else {
      vertx.setTimer(TICK_MS, id -> turn());
    }
  }

  /** How many records should have been sent by now. */
  private long target(long nowNanos) {
    long all = plan.records() > 0 ? plan.records() : Long.MAX_VALUE;
    if (plan.records() == 0 && nowNanos >= plan.durationNanos()) {
      return sent;
    }
    return plan.ratePerSecond() == 0
        ? all
        : Math.min(all, 1 + (long) (nowNanos * (plan.ratePerSecond() / NANOS_PER_SECOND)));
  }

  private boolean isOver(long nowNanos) {
    return plan.records() > 0 ? sent >= plan.records() : nowNanos >= plan.durationNanos();
  }

  private void send() {
    long since = plan.ratePerSecond() == 0
        ? ProcessClock.nanoTime()
        : startedAt + (long) (sent * NANOS_PER_SECOND / plan.ratePerSecond());
    sent++;
    producer.send(ProducerRecord.of(topic, payload.next())).onComplete(place -> {
      if (place.succeeded()) {
        acknowledged++;
        lastAckAt = ProcessClock.nanoTime();
        latency.record(lastAckAt - since);
      } else if (failure == null) {
        failure = place.cause();
        finish();
      }
    });
  }

  private void finish() {
    if (stopped) {
      return;
    }
    stopped = true;
    producer.flush().onComplete(flushed -> {
      if (failure != null) {
        done.fail(failure);
      } else {
        done.handle(flushed);
      }
    });
  }
}
