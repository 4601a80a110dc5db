package io.streamhouse.consumer;

import io.streamhouse.ErrorCode;
import io.streamhouse.StreamHouseException;
import io.streamhouse.common.RetryPolicy;
import io.streamhouse.common.Scheduler;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.function.Supplier;

/** Repeats a call that only reads until it succeeds, fails for good, or takes too long. */
final class Retrier {
  private final Scheduler scheduler;
  private final RetryPolicy policy;
  private final long timeoutMs;
  private boolean closed;

  /**
   * Creates a retrier.
   *
   * @param timeoutMs after which the last failure is final; 0: never
   */
  Retrier(Scheduler scheduler, RetryPolicy policy, long timeoutMs) {
    this.scheduler = scheduler;
    this.policy = policy;
    this.timeoutMs = timeoutMs;
  }

  <T> Future<T> run(Supplier<Future<T>> call) {
    return attempt(call, 0, scheduler.nowMs());
  }

  /** Lets the next failure of every call be its last. */
  void close() {
    closed = true;
  }

  private <T> Future<T> attempt(Supplier<Future<T>> call, int attempt, long sinceMs) {
    return call.get().recover(failure -> {
      if (closed) {
        return Future.failedFuture(
            StreamHouseException.of(ErrorCode.CLOSED, "the consumer is closed"));
      }
      boolean retriable =
          failure instanceof StreamHouseException known && known.code().isRetriable();
      long delayMs = policy.delayMs(attempt);
      long elapsedMs = scheduler.nowMs() + delayMs - sinceMs;
      if (!retriable || (timeoutMs > 0 && elapsedMs > timeoutMs)) {
        return Future.failedFuture(failure);
      }
      Promise<T> result = Promise.promise();
      scheduler.schedule(delayMs, () -> attempt(call, attempt + 1, sinceMs).onComplete(result));
      return result.future();
    });
  }
}
