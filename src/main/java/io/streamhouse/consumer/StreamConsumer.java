package io.streamhouse.consumer;

import io.streamhouse.Consumer;
import io.streamhouse.ConsumerOptions;
import io.streamhouse.ConsumerRecord;
import io.streamhouse.ErrorCode;
import io.streamhouse.StartPosition;
import io.streamhouse.StreamHouseException;
import io.streamhouse.common.RetryPolicy;
import io.streamhouse.common.Scheduler;
import io.streamhouse.common.VertxClock;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * {@link Consumer}. OPEN until it is closed, has failed or has reached its end; each of these is final. All state is
 * confined to the context it was made on; calls from elsewhere are passed on to it.
 */
final class StreamConsumer implements Consumer, Fetcher.Listener {
  /** So many records are delivered before others on the event loop get their turn. */
  private static final int RECORDS_PER_TURN = 1_024;

  private final Vertx vertx;
  private final Context context;
  private final ConsumerOptions options;
  private final FetchTransport transport;
  private final Scheduler scheduler;
  private final RetryPolicy policy;
  private final Retrier retrier;
  private final ConsumerStart starter;
  private final RecordQueue queue;
  private final ConsumerEvents events;
  private final Map<Integer, PartitionCursor> cursors = new TreeMap<>();
  private final Promise<Void> started = Promise.promise();
  private @Nullable Fetcher fetcher;
  private @Nullable Handler<ConsumerRecord> handler;
  private long demand = Long.MAX_VALUE;
  private boolean deliveryScheduled;
  private boolean open = true;

  StreamConsumer(Vertx vertx, Context context, ConsumerOptions options, FetchTransport transport) {
    this.vertx = vertx;
    this.context = context;
    this.options = options;
    this.transport = transport;
    events = new ConsumerEvents(action -> context.runOnContext(v -> action.run()));
    scheduler = new VertxClock(vertx, context);
    policy = new RetryPolicy(
        options.getRetryBackoffMs(),
        options.getRetryBackoffMaxMs(),
        limitMs -> ThreadLocalRandom.current().nextLong(limitMs + 1));
    retrier = new Retrier(scheduler, policy, options.getRetryTimeoutMs());
    starter = new ConsumerStart(options, transport, retrier);
    queue = new RecordQueue(options.getTopic(), this::onDamage);
  }

  void start() {
    context.runOnContext(v -> starter.run().onComplete(start -> {
      if (!open) {
        return;
      }
      if (start.failed()) {
        started.fail(start.cause());
        onFatalFailure(asStreamHouse(start.cause()));
        return;
      }
      begin(start.result());
      started.complete();
      deliverSoon();
    }));
  }

  private void begin(ConsumerStart.Start start) {
    LeaderTable leaders =
        new LeaderTable(start.layout(), () -> transport.lookup(options.getTopic()), this::onLayout);
    Fetcher begun = new Fetcher(options, transport, scheduler, policy, queue, leaders, this);
    fetcher = begun;
    for (PartitionCursor cursor : start.cursors()) {
      cursors.put(cursor.partition(), cursor);
      if (cursor.failure() != null) {
        events.exception(cursor.failure());
      }
    }
    begun.add(start.cursors());
    refreshLater(leaders);
  }

  private void refreshLater(LeaderTable leaders) {
    scheduler.schedule(options.getMetadataRefreshMs(), () -> {
      if (open) {
        leaders.refresh();
        refreshLater(leaders);
      }
    });
  }

  /** Partitions added to the topic are new altogether: their first record is one that nobody has seen. */
  private void onLayout(TopicLayout layout) {
    Fetcher running = fetcher;
    if (!open
        || running == null
        || !options.isFollow()
        || !options.getPartitions().isEmpty()) {
      return;
    }
    List<PartitionCursor> added = new ArrayList<>();
    for (int partition = cursors.size(); partition < layout.partitionCount(); partition++) {
      PartitionCursor cursor = new PartitionCursor(partition, 0, PartitionCursor.NO_END);
      cursors.put(partition, cursor);
      added.add(cursor);
    }
    running.add(added);
  }

  /** In a turn of its own: what a handler throws goes to the context, not through whoever has brought the records. */
  private void deliverSoon() {
    if (!deliveryScheduled) {
      deliveryScheduled = true;
      context.runOnContext(v -> deliver());
    }
  }

  private void deliver() {
    deliveryScheduled = false;
    boolean more = true;
    try {
      more = deliverSome();
    } finally {
      if (more) {
        // Also when the handler has thrown: the next records are still its own.
        deliverSoon();
      }
    }
    if (fetcher != null) {
      fetcher.pump();
    }
    endWhenDone();
  }

  private boolean deliverSome() {
    for (int count = 0; count < RECORDS_PER_TURN; count++) {
      Handler<ConsumerRecord> receiver = handler;
      if (!open || demand == 0 || receiver == null) {
        return false;
      }
      ConsumerRecord record = queue.poll();
      if (record == null) {
        return false;
      }
      if (demand != Long.MAX_VALUE) {
        demand--;
      }
      receiver.handle(record);
    }
    return true;
  }

  private void endWhenDone() {
    boolean done = open
        && fetcher != null
        && !options.isFollow()
        && cursors.values().stream().allMatch(PartitionCursor::isDone);
    if (done) {
      shutDown();
      events.end();
    }
  }

  @Override
  public void onRecords() {
    deliverSoon();
  }

  @Override
  public void onPartitionFailure(StreamHouseException failure) {
    events.exception(failure);
    endWhenDone();
  }

  @Override
  public void onFatalFailure(StreamHouseException failure) {
    if (open) {
      shutDown();
      events.exception(failure);
    }
  }

  private void onDamage(PartitionCursor cursor, StreamHouseException failure) {
    cursor.fail(failure);
    onPartitionFailure(failure);
  }

  private void shutDown() {
    open = false;
    retrier.close();
    if (fetcher != null) {
      fetcher.close();
    }
    transport.close().onFailure(events::exception);
  }

  @Override
  public Consumer handler(@Nullable Handler<ConsumerRecord> handler) {
    onContext(() -> {
      this.handler = handler;
      deliverSoon();
    });
    return this;
  }

  @Override
  public Consumer exceptionHandler(@Nullable Handler<Throwable> handler) {
    onContext(() -> events.exceptionHandler(handler));
    return this;
  }

  @Override
  public Consumer endHandler(@Nullable Handler<Void> handler) {
    onContext(() -> events.endHandler(handler));
    return this;
  }

  @Override
  public Consumer pause() {
    onContext(() -> demand = 0);
    return this;
  }

  @Override
  public Consumer resume() {
    return fetch(Long.MAX_VALUE);
  }

  @Override
  public Consumer fetch(long amount) {
    if (amount < 0) {
      throw new IllegalArgumentException("amount must be at least 0, but is " + amount);
    }
    onContext(() -> {
      demand = demand + amount < 0 ? Long.MAX_VALUE : demand + amount;
      deliverSoon();
    });
    return this;
  }

  @Override
  public Future<Long> position(int partition) {
    return answer(() -> cursor(partition).map(PartitionCursor::position));
  }

  @Override
  public Future<Void> seek(int partition, long offset) {
    if (offset < 0) {
      throw new IllegalArgumentException("offset must be at least 0, but is " + offset);
    }
    return answer(() -> cursor(partition).compose(cursor -> {
      cursor.seek(offset);
      deliverSoon();
      return Future.succeededFuture();
    }));
  }

  @Override
  public Future<Void> seek(StartPosition position) {
    return answer(
        () -> starter.offsets(List.copyOf(cursors.keySet()), position).compose(offsets -> {
          offsets.forEach((partition, offset) -> {
            PartitionCursor cursor = cursors.get(partition);
            if (cursor != null) {
              cursor.seek(offset);
            }
          });
          deliverSoon();
          return Future.succeededFuture();
        }));
  }

  @Override
  public Future<Void> close() {
    Promise<Void> closed = Promise.promise();
    onContext(() -> {
      events.clear();
      handler = null;
      if (open) {
        shutDown();
        started.tryFail(StreamHouseException.of(ErrorCode.CLOSED, "the consumer is closed"));
      }
      closed.complete();
    });
    return onCallersContext(closed.future());
  }

  private Future<PartitionCursor> cursor(int partition) {
    PartitionCursor cursor = cursors.get(partition);
    return cursor != null
        ? Future.succeededFuture(cursor)
        : Future.failedFuture(StreamHouseException.of(
            ErrorCode.UNKNOWN_PARTITION,
            "this consumer does not read partition " + partition + " of topic '"
                + options.getTopic() + "'"));
  }

  /** Answers a caller on whatever context, once the start is known. */
  private <T> Future<T> answer(Supplier<Future<T>> call) {
    Promise<T> result = Promise.promise();
    onContext(() -> started
        .future()
        .compose(v -> open
            ? call.get()
            : Future.failedFuture(
                StreamHouseException.of(ErrorCode.CLOSED, "the consumer has ended")))
        .onComplete(result));
    return onCallersContext(result.future());
  }

  private <T> Future<T> onCallersContext(Future<T> future) {
    return Future.fromCompletionStage(future.toCompletionStage(), vertx.getOrCreateContext());
  }

  private void onContext(Runnable action) {
    if (Vertx.currentContext() == context) {
      action.run();
    } else {
      context.runOnContext(v -> action.run());
    }
  }

  private static StreamHouseException asStreamHouse(Throwable failure) {
    return failure instanceof StreamHouseException known
        ? known
        : StreamHouseException.of(
            ErrorCode.INTERNAL, "the consumer cannot start: " + failure.getMessage(), failure);
  }
}
