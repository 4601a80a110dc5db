package io.streamhouse.consumer;

import io.vertx.core.Handler;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** Failures and the end of a consumer, kept until there is a handler for them. Confined to the consumer's context. */
final class ConsumerEvents {
  private final ArrayDeque<Throwable> failures = new ArrayDeque<>();
  private @Nullable Handler<Throwable> exceptionHandler;
  private @Nullable Handler<Void> endHandler;
  private boolean ended;

  void exceptionHandler(@Nullable Handler<Throwable> handler) {
    exceptionHandler = handler;
    while (handler != null && !failures.isEmpty()) {
      handler.handle(failures.poll());
    }
  }

  void endHandler(@Nullable Handler<Void> handler) {
    endHandler = handler;
    if (handler != null && ended) {
      ended = false;
      handler.handle(null);
    }
  }

  void exception(Throwable failure) {
    if (exceptionHandler == null) {
      failures.add(failure);
    } else {
      exceptionHandler.handle(failure);
    }
  }

  void end() {
    if (endHandler == null) {
      ended = true;
    } else {
      endHandler.handle(null);
    }
  }

  /** Forgets everything: nobody is called from now on. */
  void clear() {
    failures.clear();
    exceptionHandler = null;
    endHandler = null;
    ended = false;
  }
}
