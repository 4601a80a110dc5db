package io.streamhouse.cli;

import io.streamhouse.Consumer;
import io.streamhouse.ConsumerRecord;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * Prints what a consumer reads. Output may block for as long as its reader likes, so it is written on a worker thread;
 * while a full buffer is being written the consumer is paused. Confined to the consumer's context.
 */
final class ConsumeJob {
  private static final int BUFFER_BYTES = 256 << 10;

  private final Vertx vertx;
  private final Terminal terminal;
  private final Consumer consumer;
  private final RecordPrinter printer;
  private final long recordsMax;
  private final Promise<Void> ended = Promise.promise();
  private Buffer buffer = Buffer.buffer();
  private @Nullable Throwable firstFailure;
  private long records;
  private boolean reading = true;
  private boolean writing;
  private boolean paused;

  /**
   * Creates a job.
   *
   * @param recordsMax after which it ends
   */
  ConsumeJob(
      Vertx vertx, Terminal terminal, Consumer consumer, RecordPrinter printer, long recordsMax) {
    this.vertx = vertx;
    this.terminal = terminal;
    this.consumer = consumer;
    this.printer = printer;
    this.recordsMax = recordsMax;
  }

  /** Runs on the consumer's context until it ends; fails with the consumer's first failure, after all output. */
  Future<Void> run() {
    consumer.exceptionHandler(failure -> {
      if (firstFailure == null) {
        firstFailure = failure;
      }
      stop();
    });
    consumer.endHandler(v -> stop());
    consumer.handler(this::take);
    return ended.future();
  }

  /** Ends after what has been read is written. */
  void stop() {
    reading = false;
    write();
  }

  private void take(ConsumerRecord record) {
    if (!reading) {
      return;
    }
    printer.print(record, buffer);
    if (++records >= recordsMax) {
      stop();
      return;
    }
    if (buffer.length() >= BUFFER_BYTES && !paused) {
      paused = true;
      consumer.pause();
    }
    write();
  }

  private void write() {
    if (writing) {
      return;
    }
    if (buffer.length() == 0) {
      if (!reading) {
        end();
      } else if (paused) {
        paused = false;
        consumer.resume();
      }
      return;
    }
    Buffer output = buffer;
    buffer = Buffer.buffer();
    writing = true;
    vertx
        .<Void>executeBlocking(() -> {
          terminal.bytes(output.getBytes());
          terminal.flush();
          return null;
        })
        .onComplete(written -> {
          writing = false;
          if (written.failed()) {
            firstFailure = written.cause();
            reading = false;
            buffer = Buffer.buffer();
          }
          write();
        });
  }

  private void end() {
    Throwable failure = firstFailure;
    consumer
        .close()
        .compose(v -> failure == null ? Future.succeededFuture() : Future.failedFuture(failure))
        .onComplete(result -> {
          if (result.succeeded()) {
            ended.tryComplete();
          } else {
            ended.tryFail(result.cause());
          }
        });
  }
}
