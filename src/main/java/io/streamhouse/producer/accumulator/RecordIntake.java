package io.streamhouse.producer.accumulator;

import io.streamhouse.ErrorCode;
import io.streamhouse.ProducerOptions;
import io.streamhouse.ProducerRecord;
import io.streamhouse.RecordMetadata;
import io.streamhouse.StreamHouseException;
import io.streamhouse.common.TopicNames;
import io.streamhouse.record.BatchLimits;
import io.streamhouse.record.RecordBatchBuilder;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * The callers' side of the accumulator: any thread. Refuses what can be refused at once, reserves memory, and hands
 * over. Every record goes the same way, whichever thread it comes from, so that a caller that moves between threads
 * keeps its order.
 */
final class RecordIntake {
  private final ProducerOptions options;
  private final MemoryBudget budget;
  private final InstantSource clock;
  private final Inbox inbox = new Inbox();
  private volatile @Nullable Runnable wake;
  private volatile @Nullable StreamHouseException closedBy;

  RecordIntake(ProducerOptions options, MemoryBudget budget, InstantSource clock) {
    this.options = options;
    this.budget = budget;
    this.clock = clock;
  }

  Future<RecordMetadata> send(ProducerRecord record) {
    int size = RecordBatchBuilder.encodedSizeMax(record.key(), record.value(), record.headers());
    StreamHouseException refusal = refusal(record, size);
    if (refusal != null) {
      return Future.failedFuture(refusal);
    }
    long charged = size + MemoryBudget.RECORD_OVERHEAD_BYTES;
    if (!budget.tryReserve(charged)) {
      return Future.failedFuture(RecordAccumulator.bufferFull(
          options, budget, "and as much again waits for room already"));
    }
    Long timestampMs = record.timestampMs();
    PendingRecord pending = new PendingRecord(
        record,
        timestampMs == null ? clock.millis() : timestampMs,
        charged,
        Vertx.currentContext());
    if (!offer(pending)) {
      budget.cancel(charged);
      return Future.failedFuture(closed());
    }
    return pending.promise.future();
  }

  /** Completes when all records handed over before are done; at once when the intake is closed. */
  Future<Void> flush(@Nullable Context context) {
    FlushRequest request = new FlushRequest(context);
    return offer(request) ? request.promise.future() : Future.succeededFuture();
  }

  /** The event loop is there: from now on it is woken for new items, the first time now. */
  void start(Runnable wakeUp) {
    wake = wakeUp;
    wakeUp.run();
  }

  @Nullable
  InboxItem takeAll() {
    return inbox.takeAll();
  }

  /** Refuses everything from now on, with this error; returns what is left. */
  @Nullable
  InboxItem close(StreamHouseException failure) {
    if (closedBy == null) {
      closedBy = failure;
    }
    return inbox.close();
  }

  private boolean offer(InboxItem item) {
    Inbox.Offer offer = inbox.offer(item);
    // Before the event loop is there nobody is woken: it looks for itself when it starts.
    Runnable wakeUp = wake;
    if (offer == Inbox.Offer.FIRST && wakeUp != null) {
      wakeUp.run();
    }
    return offer != Inbox.Offer.CLOSED;
  }

  private StreamHouseException closed() {
    StreamHouseException failure = closedBy;
    return failure == null
        ? StreamHouseException.of(ErrorCode.CLOSED, "the producer is closed")
        : failure;
  }

  private @Nullable StreamHouseException refusal(ProducerRecord record, long size) {
    if (size > options.getRecordBytesMax()) {
      return StreamHouseException.of(
          ErrorCode.RECORD_TOO_LARGE,
          "a record for topic '" + TopicNames.printable(record.topic()) + "' takes " + size
              + " bytes, recordBytesMax is " + options.getRecordBytesMax()
              + ": send less in one record, or raise recordBytesMax here and the limit of the agents");
    }
    if (record.headers().size() > BatchLimits.DEFAULT.headersMax()) {
      return StreamHouseException.of(
          ErrorCode.INVALID_ARGUMENT,
          "a record for topic '" + TopicNames.printable(record.topic()) + "' has "
              + record.headers().size() + " headers, at most "
              + BatchLimits.DEFAULT.headersMax() + " are allowed");
    }
    return null;
  }
}
