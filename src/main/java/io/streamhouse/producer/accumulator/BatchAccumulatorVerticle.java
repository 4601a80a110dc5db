package io.streamhouse.producer.accumulator;

import io.streamhouse.ErrorCode;
import io.streamhouse.ProducerOptions;
import io.streamhouse.ProducerRecord;
import io.streamhouse.RecordMetadata;
import io.streamhouse.StreamHouseException;
import io.streamhouse.bus.Addresses;
import io.streamhouse.bus.BatchAck;
import io.streamhouse.bus.Codecs;
import io.streamhouse.bus.SealedBatch;
import io.streamhouse.bus.TopicAnswer;
import io.streamhouse.bus.TopicQuery;
import io.streamhouse.common.Scheduler;
import io.streamhouse.common.VertxClock;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import java.time.Clock;
import java.util.List;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The first stage of a producer: gathers records into batches, and completes their futures when the batches are
 * acknowledged. {@link #send}, {@link #flush} and {@link #memoryBytes} may be called from any thread, also before the
 * verticle is deployed: records then wait. Everything else happens on the verticle's event loop.
 *
 * <p>{@link #stop} is a drain: it refuses new records, flushes, and waits up to {@code closeTimeoutMs}; whatever has no
 * answer then fails, so that no future stays open.
 */
public final class BatchAccumulatorVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(BatchAccumulatorVerticle.class);
  private static final DeliveryOptions LOCAL = new DeliveryOptions().setLocalOnly(true);

  /** A turn that takes more items than this lets others run in between. */
  private static final int TURN_ITEMS_MAX = 10_000;

  private final ProducerOptions options;
  private final String producerId;
  private final Runnable memoryReleased;
  private final MemoryBudget budget;
  private final RecordIntake intake;
  private final Promise<Void> drained = Promise.promise();
  private @Nullable Turns turns;

  /**
   * Creates the stage.
   *
   * @param options of the producer
   * @param producerId ends the addresses of this producer's stages
   * @param memoryReleased called on the event loop after records have come to their end
   */
  public BatchAccumulatorVerticle(
      ProducerOptions options, String producerId, Runnable memoryReleased) {
    this.options = new ProducerOptions(options);
    this.producerId = producerId;
    this.memoryReleased = memoryReleased;
    this.budget = new MemoryBudget(options.getBufferMemoryBytes());
    this.intake = new RecordIntake(this.options, budget, Clock.systemUTC());
  }

  /** Sends a record; the future completes on the caller's context. */
  public Future<RecordMetadata> send(ProducerRecord record) {
    return intake.send(record);
  }

  /** Completes, on the caller's context, when every record sent before is acknowledged or failed. */
  public Future<Void> flush() {
    return intake.flush(Vertx.currentContext());
  }

  /** What records that have no answer yet take, those that wait for room included. */
  public long memoryBytes() {
    return budget.reservedBytes();
  }

  /** Fails all records sent so far and from now on; for a verticle that cannot be deployed. */
  public void abandon(StreamHouseException failure) {
    Completions completions = new Completions(null, () -> {});
    FlushTracker flushes = new FlushTracker();
    InboxItem item = intake.close(failure);
    while (item != null) {
      InboxItem next = item.next;
      if (item instanceof PendingRecord record) {
        flushes.accept(record);
        budget.cancel(record.chargedBytes);
        completions.fail(List.of(record), failure);
      } else if (item instanceof FlushRequest request) {
        completions.flushed(request);
      }
      item = next;
    }
    drained.tryComplete();
  }

  /** Completes when the verticle is stopped or abandoned: every record has its answer. */
  public Future<Void> drained() {
    return drained.future();
  }

  @Override
  public Future<?> start() {
    Codecs.register(vertx.eventBus());
    Turns started = new Turns();
    turns = started;
    Future<Void> acks = vertx
        .eventBus()
        .<BatchAck>localConsumer(
            Addresses.of(Addresses.ACKED, producerId), message -> started.onAck(message.body()))
        .completion();
    Future<Void> topics = vertx
        .eventBus()
        .<TopicAnswer>localConsumer(
            Addresses.of(Addresses.TOPIC_ANSWER, producerId),
            message -> started.onTopic(message.body()))
        .completion();
    return Future.all(acks, topics)
        .onSuccess(v -> intake.start(() -> context.runOnContext(w -> started.drainInbox())));
  }

  @Override
  public Future<?> stop() {
    Future<Void> stopped = turns == null ? Future.succeededFuture() : turns.stop();
    return stopped.onComplete(v -> drained.tryComplete());
  }

  /** The turns of the event loop: every entry takes its input, ends the turn, and sets the timer anew. */
  private final class Turns implements AccumulatorOutput {
    private final Scheduler scheduler = new VertxClock(vertx, context);
    private final Completions completions = new Completions(context, this::finishFlushes);
    private final RecordAccumulator accumulator;
    private @Nullable InboxItem leftOver;
    private Scheduler.@Nullable Task timer;
    private long timerNanos;

    Turns() {
      SplittableRandom random = new SplittableRandom();
      accumulator =
          new RecordAccumulator(options, budget, new StickyChooser(random::nextInt), this);
    }

    void drainInbox() {
      InboxItem item = leftOver == null ? intake.takeAll() : leftOver;
      leftOver = accept(item, TURN_ITEMS_MAX);
      if (leftOver != null) {
        context.runOnContext(v -> drainInbox());
      }
      endTurn();
    }

    void onAck(BatchAck ack) {
      accumulator.onAck(ack, scheduler.nanoTime());
      endTurn();
    }

    void onTopic(TopicAnswer answer) {
      accumulator.onTopic(answer, scheduler.nanoTime());
      endTurn();
    }

    Future<Void> stop() {
      InboxItem unread = intake.close(StreamHouseException.of(
          ErrorCode.CLOSED, "the producer is closed: send nothing after close()"));
      accept(leftOver, Integer.MAX_VALUE);
      leftOver = null;
      accept(unread, Integer.MAX_VALUE);
      FlushRequest last = new FlushRequest(context);
      accumulator.flush(last);
      endTurn();
      finishFlushes();
      Promise<Void> stopped = Promise.promise();
      Scheduler.Task giveUp = scheduler.schedule(Math.max(1, options.getCloseTimeoutMs()), () -> {
        giveUp();
        stopped.tryComplete();
      });
      last.promise.future().onComplete(v -> {
        giveUp.cancel();
        stopped.tryComplete();
      });
      return stopped.future();
    }

    private void giveUp() {
      if (!accumulator.isEmpty()) {
        LOG.warn(
            "{}: closing gave up on {} records after closeTimeoutMs ({} ms)",
            options.getClientId(),
            accumulator.unanswered(),
            options.getCloseTimeoutMs());
      }
      String message =
          "the producer was closed, and the record was not acknowledged within closeTimeoutMs ("
              + options.getCloseTimeoutMs() + " ms)";
      accumulator.failAll(
          StreamHouseException.of(ErrorCode.CLOSED, message),
          StreamHouseException.unknownOutcome(ErrorCode.CLOSED, message, null));
      endTurn();
    }

    private @Nullable InboxItem accept(@Nullable InboxItem first, int max) {
      long nowNanos = scheduler.nanoTime();
      InboxItem item = first;
      for (int i = 0; item != null && i < max; i++) {
        InboxItem next = item.next;
        item.next = null;
        if (item instanceof PendingRecord record) {
          accumulator.accept(record, nowNanos);
        } else if (item instanceof FlushRequest request) {
          accumulator.flush(request);
          finishFlushes();
        }
        item = next;
      }
      return item;
    }

    private void endTurn() {
      accumulator.endTurn(scheduler.nanoTime());
      OptionalLong wake = accumulator.nextWakeNanos();
      if (wake.isEmpty() || (timer != null && timerNanos - wake.getAsLong() <= 0)) {
        return;
      }
      if (timer != null) {
        timer.cancel();
      }
      timerNanos = wake.getAsLong();
      long delayNanos = Math.max(1, timerNanos - scheduler.nanoTime());
      timer = scheduler.schedule(1 + TimeUnit.NANOSECONDS.toMillis(delayNanos - 1), () -> {
        timer = null;
        endTurn();
      });
    }

    private void finishFlushes() {
      accumulator.takeFinishedFlushes().forEach(completions::flushed);
    }

    @Override
    public void send(SealedBatch batch) {
      vertx.eventBus().send(Addresses.of(Addresses.SEALED, producerId), batch, LOCAL);
    }

    @Override
    public void ask(TopicQuery query) {
      vertx.eventBus().send(Addresses.of(Addresses.TOPIC_QUERY, producerId), query, LOCAL);
    }

    @Override
    public void succeed(ClosedBatch batch, long baseOffset) {
      completions.succeed(batch, baseOffset);
      memoryReleased.run();
    }

    @Override
    public void fail(List<PendingRecord> records, StreamHouseException failure) {
      completions.fail(records, failure);
      memoryReleased.run();
    }
  }
}
