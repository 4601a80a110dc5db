package io.streamhouse.cli;

import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A Vert.x of the length of a command, and the one place where the command's own thread waits for futures. */
final class VertxSession implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(VertxSession.class);
  private static final long CLOSE_TIMEOUT_MS = 10_000;

  /** Vert.x as commands use it. */
  static final VertxOptions DEFAULTS = new VertxOptions().setPreferNativeTransport(true);

  private final Vertx vertx;

  VertxSession() {
    this(DEFAULTS);
  }

  VertxSession(VertxOptions options) {
    vertx = Vertx.vertx(options);
  }

  Vertx vertx() {
    return vertx;
  }

  /** Waits for a result, on a thread that is not an event loop; throws the failure as it is. */
  static <T> T await(Future<T> future) {
    BlockingQueue<AsyncResult<T>> results = new ArrayBlockingQueue<>(1);
    future.onComplete(results::add);
    try {
      return resultOf(results.take());
    } catch (InterruptedException e) {
      // The flag stays cleared: what is open has to be closed, and closing waits, too.
      throw CommandFailure.interrupted(e);
    }
  }

  /** For results that nobody waits for. */
  static void log(Future<?> future) {
    future.onFailure(failure -> LOG.warn("{}", failure.getMessage()));
  }

  private static <T> T resultOf(AsyncResult<T> result) {
    if (result.succeeded()) {
      return result.result();
    }
    Throwable cause = result.cause();
    if (cause instanceof RuntimeException unchecked) {
      throw unchecked;
    }
    throw CommandFailure.failed(String.valueOf(cause.getMessage()), cause);
  }

  /** Closes everything that was made with this Vert.x, verticles first; gives up after 10 seconds. */
  @Override
  public void close() {
    await(vertx.close().timeout(CLOSE_TIMEOUT_MS, TimeUnit.MILLISECONDS));
  }
}
