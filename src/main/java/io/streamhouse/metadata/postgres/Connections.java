package io.streamhouse.metadata.postgres;

import io.streamhouse.ErrorCode;
import io.streamhouse.StreamHouseException;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.SqlConnection;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one agent, and the deadline of each call.
 *
 * <p>A call whose deadline passes ends at once: its connection is closed, since a lost network path would keep it
 * hanging for hours, and when the call had been sent its outcome is unknown. Calls wait in two queues of bounded length;
 * the last free connection is for urgent ones only.
 *
 * <p>All state is confined to the context the instance was created on; results are delivered on the caller's.
 */
final class Connections {
  private static final int MAX_WAITING = 1_000;
  private static final int MAX_ATTEMPTS = 4;
  private static final int MAX_BACKOFF_MS = 20;

  private final Vertx vertx;
  private final Context home;
  private final String place;
  private final Deque<Slot> free = new ArrayDeque<>();
  private final List<Slot> slots = new ArrayList<>();
  private final Deque<Waiting<?>> urgent = new ArrayDeque<>();
  private final Deque<Waiting<?>> ordinary = new ArrayDeque<>();
  private boolean closed;

  Connections(
      Vertx vertx, PostgresOptions options, Function<SqlConnection, Future<Void>> greeting) {
    this.vertx = vertx;
    this.home = vertx.getOrCreateContext();
    this.place = options.place();
    long shorter = Math.min(options.getCallTimeoutMs(), options.getCommitTimeoutMs());
    for (int i = 0; i < options.getPoolSize(); i++) {
      slots.add(new Slot(vertx, options, shorter * 3 / 4, shorter / 4, greeting));
    }
    free.addAll(slots);
  }

  /**
   * Runs work on a connection.
   *
   * @param work statements that may be repeated as a whole when they lose against another transaction
   */
  <T> Future<T> call(Call call, Function<SqlConnection, Future<T>> work) {
    Context caller = vertx.getOrCreateContext();
    Promise<T> promise = Promise.promise();
    Waiting<T> waiting = new Waiting<>(call, work, result -> {
      if (caller == home) {
        promise.handle(result);
      } else {
        caller.runOnContext(v -> promise.handle(result));
      }
    });
    onHome(() -> submit(waiting));
    return promise.future();
  }

  /** Fails what waits and closes all sockets. */
  Future<Void> close() {
    Promise<Void> promise = Promise.promise();
    onHome(() -> {
      closed = true;
      urgent.forEach(waiting -> waiting.end(Future.failedFuture(isClosed())));
      ordinary.forEach(waiting -> waiting.end(Future.failedFuture(isClosed())));
      urgent.clear();
      ordinary.clear();
      Future.join(slots.stream().map(Slot::close).toList()).<Void>mapEmpty().onComplete(promise);
    });
    return promise.future();
  }

  private void onHome(Runnable task) {
    if (Vertx.currentContext() == home) {
      task.run();
    } else {
      home.runOnContext(v -> task.run());
    }
  }

  private void submit(Waiting<?> waiting) {
    Deque<Waiting<?>> queue = waiting.call.urgent() ? urgent : ordinary;
    if (closed) {
      waiting.end(Future.failedFuture(isClosed()));
    } else if (queue.size() >= MAX_WAITING) {
      waiting.end(Future.failedFuture(
          unavailable(waiting.call, MAX_WAITING + " calls wait for a connection already")));
    } else {
      queue.add(waiting);
      waiting.timer = vertx.setTimer(waiting.call.deadlineMs(), id -> passDeadline(waiting));
      startWaiting();
    }
  }

  private void startWaiting() {
    while (!free.isEmpty() && !urgent.isEmpty()) {
      start(urgent.remove(), free.remove());
    }
    while (free.size() > 1 && !ordinary.isEmpty()) {
      start(ordinary.remove(), free.remove());
    }
  }

  private <T> void start(Waiting<T> waiting, Slot slot) {
    waiting.slot = slot;
    slot.open()
        .compose(connection -> {
          if (waiting.done) {
            // Its caller has been told that nothing was written: so nothing may be sent any more.
            return Future.failedFuture(unavailable(waiting.call, "the connection came too late"));
          }
          waiting.sent = true;
          return attempt(waiting, connection, 1);
        })
        .onComplete(result -> finish(waiting, slot, result));
  }

  private <T> Future<T> attempt(Waiting<T> waiting, SqlConnection connection, int attempt) {
    return waiting.work.apply(connection).recover(failure -> {
      if (attempt >= MAX_ATTEMPTS || waiting.done || !PostgresFailures.worthRepeating(failure)) {
        return Future.failedFuture(failure);
      }
      long delayMs = 1 + ThreadLocalRandom.current().nextInt(MAX_BACKOFF_MS);
      return vertx
          .timer(delayMs)
          .compose(v -> waiting.done
              ? Future.failedFuture(failure)
              : attempt(waiting, connection, attempt + 1));
    });
  }

  private <T> void finish(Waiting<T> waiting, Slot slot, AsyncResult<T> result) {
    if (waiting.done) {
      return;
    }
    if (result.succeeded()) {
      release(slot);
      waiting.end(result);
      return;
    }
    Throwable failure = result.cause();
    if (!waiting.sent || PostgresFailures.breaksConnection(failure)) {
      slot.close();
    }
    release(slot);
    waiting.end(Future.failedFuture(PostgresFailures.translate(
        failure, waiting.call.what(), place, waiting.sent, waiting.call.writes())));
  }

  private void passDeadline(Waiting<?> waiting) {
    String reason = "no answer within " + waiting.call.deadlineMs() + " ms";
    Slot slot = waiting.slot;
    boolean unknown = waiting.sent && waiting.call.writes();
    waiting.end(Future.failedFuture(
        unknown
            ? StreamHouseException.unknownOutcome(
                ErrorCode.UNAVAILABLE, message(waiting.call, reason), null)
            : unavailable(waiting.call, reason)));
    if (slot == null) {
      urgent.remove(waiting);
      ordinary.remove(waiting);
    } else {
      slot.close();
      release(slot);
    }
  }

  private void release(Slot slot) {
    if (!closed) {
      // The one used last goes first: its statements are prepared, and the others may stay closed.
      free.addFirst(slot);
      startWaiting();
    }
  }

  private StreamHouseException isClosed() {
    return StreamHouseException.of(
        ErrorCode.CLOSED, "the connection to PostgreSQL at " + place + " is closed");
  }

  private StreamHouseException unavailable(Call call, String reason) {
    return StreamHouseException.of(ErrorCode.UNAVAILABLE, message(call, reason));
  }

  private String message(Call call, String reason) {
    return "PostgreSQL at " + place + ": " + call.what() + " failed: " + reason;
  }

  /** A call until its end; it ends once. */
  private final class Waiting<T> {
    private final Call call;
    private final Function<SqlConnection, Future<T>> work;
    private final Handler<AsyncResult<T>> receiver;
    private long timer = -1;
    private @Nullable Slot slot;
    private boolean sent;
    private boolean done;

    Waiting(Call call, Function<SqlConnection, Future<T>> work, Handler<AsyncResult<T>> receiver) {
      this.call = call;
      this.work = work;
      this.receiver = receiver;
    }

    void end(AsyncResult<T> result) {
      done = true;
      vertx.cancelTimer(timer);
      receiver.handle(result);
    }
  }
}
