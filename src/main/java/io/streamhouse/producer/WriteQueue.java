package io.streamhouse.producer;

import io.streamhouse.common.Ranges;
import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A producer as a write stream: full above a mark, drained again below half of it. Whoever has been told "full" is owed
 * a call of the drain handler; the debt is paid once, by whichever thread sees first that the queue has drained and a
 * handler is there. Any thread.
 */
final class WriteQueue {
  private static final double FULL_SHARE = 0.7;

  /** A drain handler, and where it wants to run. */
  private record Waiter(Handler<Void> handler, @Nullable Context context) {}

  private final Vertx vertx;
  private final AtomicBoolean drainOwed = new AtomicBoolean();
  private final AtomicReference<@Nullable Waiter> waiter = new AtomicReference<>();
  private volatile LongSupplier usedBytes = () -> 0;
  private volatile long maxBytes;
  private volatile boolean beenFull;

  WriteQueue(Vertx vertx, long bufferMemoryBytes) {
    this.vertx = vertx;
    this.maxBytes = (long) (bufferMemoryBytes * FULL_SHARE);
  }

  void measure(LongSupplier bytes) {
    usedBytes = bytes;
  }

  void setMaxBytes(long bytes) {
    maxBytes = Ranges.require("write queue size in bytes", bytes, 1, Long.MAX_VALUE);
  }

  boolean isFull() {
    if (usedBytes.getAsLong() <= maxBytes) {
      return false;
    }
    beenFull = true;
    drainOwed.set(true);
    // It may have drained since it was measured: then nobody else would pay.
    released();
    return true;
  }

  void drainHandler(@Nullable Handler<Void> handler) {
    waiter.set(handler == null ? null : new Waiter(handler, Vertx.currentContext()));
    if (handler != null && beenFull) {
      // The debt may have been paid to the handler before this one, between "full" and now: a call
      // too many does no
      // harm, one too few leaves a stream paused for good.
      drainOwed.set(true);
    }
    released();
  }

  /** Some memory has become free. */
  void released() {
    Waiter drained = waiter.get();
    if (drained != null
        && usedBytes.getAsLong() <= maxBytes / 2
        && drainOwed.compareAndSet(true, false)) {
      Context context = drained.context();
      (context == null ? vertx.getOrCreateContext() : context)
          .runOnContext(v -> drained.handler().handle(null));
    }
  }
}
