package io.streamhouse.common;

import io.vertx.core.Context;
import io.vertx.core.Vertx;

/** Real time, and timers of a Vert.x context: tasks run on the context it is made with. */
public final class VertxClock implements Scheduler {
  private final Vertx vertx;
  private final Context context;

  /** Creates a scheduler for a context; to be used on that context. */
  public VertxClock(Vertx vertx, Context context) {
    this.vertx = vertx;
    this.context = context;
  }

  @Override
  public long wallClockMs() {
    return System.currentTimeMillis();
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  @Override
  public Task schedule(long delayMs, Runnable task) {
    if (delayMs <= 0) {
      boolean[] cancelled = new boolean[1];
      context.runOnContext(v -> {
        if (!cancelled[0]) {
          task.run();
        }
      });
      return () -> cancelled[0] = true;
    }
    long timer = vertx.setTimer(delayMs, id -> task.run());
    return () -> vertx.cancelTimer(timer);
  }
}
