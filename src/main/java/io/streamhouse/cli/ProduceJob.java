package io.streamhouse.cli;

import io.streamhouse.Producer;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * Produces all lines of an input and reports. Lines are read on a thread of their own, which may block for as long as
 * the input likes: a signal then ends the job all the same.
 */
final class ProduceJob {
  private static final long PROGRESS_INTERVAL_MS = 200;

  private final Vertx vertx;
  private final Terminal terminal;
  private final String topic;
  private final ProducePump pump;
  private final boolean json;
  private final long startedAt = ProcessClock.nanoTime();

  ProduceJob(
      Vertx vertx, Terminal terminal, Producer producer, RecordTemplate template, boolean json) {
    this.vertx = vertx;
    this.terminal = terminal;
    this.json = json;
    topic = template.topic();
    pump = new ProducePump(vertx.getOrCreateContext(), producer, template, (place, line) -> {});
  }

  /**
   * Runs to the end of the input, the first failure, or an interruption.
   *
   * @return the exit code
   */
  int run(LineReader reader, Future<String> interruption) {
    long progressTimer = terminal.isInteractive()
        ? vertx.setPeriodic(PROGRESS_INTERVAL_MS, id -> showProgress())
        : -1;
    Promise<Void> readAll = Promise.promise();
    Thread thread = new Thread(() -> read(reader, readAll), "streamhouse-reader");
    thread.setDaemon(true);
    thread.start();
    interruption.onSuccess(
        signal -> readAll.tryFail(new CancellationException("stopped by SIG" + signal)));
    Throwable failure = failureOf(readAll.future());
    boolean interrupted = interruption.isComplete();
    if (interrupted) {
      terminal.message("stopping: waiting for what was sent; once more to stop at once");
    }
    Throwable flushFailure = failureOf(pump.finish());
    vertx.cancelTimer(progressTimer);
    terminal.clearProgress();
    report();
    String reason = pump.tally().firstFailure();
    if (reason == null && failure != null && !(failure instanceof CancellationException)) {
      reason = failure.getMessage();
    }
    if (reason == null && flushFailure != null) {
      reason = flushFailure.getMessage();
    }
    if (reason != null) {
      throw CommandFailure.failed(reason);
    }
    return interrupted ? ExitCodes.INTERRUPTED : ExitCodes.OK;
  }

  private void read(LineReader reader, Promise<Void> readAll) {
    try {
      boolean wanted = true;
      while (wanted && !readAll.future().isComplete()) {
        Lines lines = reader.next();
        wanted = lines != null && VertxSession.await(pump.send(lines));
      }
      readAll.tryComplete();
    } catch (IOException e) {
      readAll.tryFail(CommandFailure.failed("cannot read the input: " + e.getMessage(), e));
    } catch (LineException | CommandFailure e) {
      readAll.tryFail(e);
    }
  }

  private static @Nullable Throwable failureOf(Future<Void> future) {
    return VertxSession.await(
        future.<@Nullable Throwable>map(v -> null).recover(Future::succeededFuture));
  }

  private void showProgress() {
    ProduceTally tally = pump.tally();
    long nanos = ProcessClock.nanoTime() - startedAt;
    terminal.progress(Figures.count(tally.sentRecords()) + " records, "
        + Figures.rate(tally.acknowledgedRecords(), tally.acknowledgedBytes(), nanos) + ", "
        + Figures.count(tally.acknowledgedRecords()) + " acknowledged, "
        + Figures.count(tally.inFlightRecords()) + " in flight");
  }

  private void report() {
    long nanos = ProcessClock.nanoTime() - startedAt;
    if (json) {
      JsonObject summary = ProduceSummary.json(topic, pump.tally(), nanos);
      terminal.line(summary.encode());
    } else {
      ProduceSummary.text(topic, pump.tally(), nanos).forEach(terminal::line);
    }
    terminal.flush();
  }
}
