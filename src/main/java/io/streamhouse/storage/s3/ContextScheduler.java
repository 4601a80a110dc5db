package io.streamhouse.storage.s3;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The SDK's timer for time-outs and further attempts. Its thread only keeps time: what is due runs on the context from
 * which it was scheduled, so that a request stays on its event loop from the first attempt to the last.
 */
final class ContextScheduler extends ScheduledThreadPoolExecutor {
  ContextScheduler() {
    super(1, task -> {
      Thread thread = new Thread(task, "streamhouse-s3-timer");
      thread.setDaemon(true);
      return thread;
    });
    // Nearly all time-outs are cancelled; without this they stay in the queue until they are due.
    setRemoveOnCancelPolicy(true);
  }

  @Override
  public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
    Context context = Vertx.currentContext();
    return context == null
        ? super.schedule(task, delay, unit)
        : super.schedule(() -> context.runOnContext(v -> task.run()), delay, unit);
  }

  /** As the SDK does not read the result, it is null for a task that runs on a context. */
  @Override
  public <V> ScheduledFuture<V> schedule(Callable<V> task, long delay, TimeUnit unit) {
    Context context = Vertx.currentContext();
    if (context == null) {
      return super.schedule(task, delay, unit);
    }
    FutureTask<V> onContext = new FutureTask<>(task);
    Callable<V> hop = () -> {
      context.runOnContext(v -> onContext.run());
      return null;
    };
    return super.schedule(hop, delay, unit);
  }
}
