package io.streamhouse.consumer;

import io.vertx.core.Handler;
import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Failures and the end of a consumer, kept until there is a handler for them. Handlers run in turns of their own, so that
 * what they throw disturbs nobody. Confined to the consumer's context.
 */
final class ConsumerEvents {
  private final Executor context;
  private final ArrayDeque<Throwable> failures = new ArrayDeque<>();
  private @Nullable Handler<Throwable> exceptionHandler;
  private @Nullable Handler<Void> endHandler;
  private boolean ended;

  ConsumerEvents(Executor context) {
    this.context = context;
  }

  void exceptionHandler(@Nullable Handler<Throwable> handler) {
    exceptionHandler = handler;
    failures.forEach(failure -> context.execute(this::deliverFailure));
  }

  void endHandler(@Nullable Handler<Void> handler) {
    endHandler = handler;
    context.execute(this::deliverEnd);
  }

  void exception(Throwable failure) {
    failures.add(failure);
    context.execute(this::deliverFailure);
  }

  void end() {
    ended = true;
    context.execute(this::deliverEnd);
  }

  /** Forgets everything: nobody is called from now on. */
  void clear() {
    failures.clear();
    exceptionHandler = null;
    endHandler = null;
    ended = false;
  }

  private void deliverFailure() {
    Handler<Throwable> receiver = exceptionHandler;
    Throwable failure = receiver == null ? null : failures.poll();
    if (receiver != null && failure != null) {
      receiver.handle(failure);
    }
  }

  private void deliverEnd() {
    Handler<Void> receiver = endHandler;
    if (receiver != null && ended) {
      ended = false;
      receiver.handle(null);
    }
  }
}
