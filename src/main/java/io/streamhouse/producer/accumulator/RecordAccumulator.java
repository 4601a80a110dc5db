package io.streamhouse.producer.accumulator;

import io.streamhouse.ErrorCode;
import io.streamhouse.ProducerOptions;
import io.streamhouse.StreamHouseException;
import io.streamhouse.bus.BatchAck;
import io.streamhouse.bus.TopicAnswer;
import io.streamhouse.bus.TopicQuery;
import io.streamhouse.common.PartitionId;
import io.streamhouse.common.TopicNames;
import io.streamhouse.record.Compression;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Gathers records into batches and knows, until each has its answer, where every record is. A record is in exactly one
 * of these places, and moves only forwards:
 *
 * <ol>
 *   <li><em>outside</em>: the memory budget is used up; FIFO, fails with BUFFER_FULL after {@code maxBlockMs};
 *   <li><em>waiting for its topic</em>: FIFO per topic, fails with DELIVERY_TIMEOUT;
 *   <li><em>in an open batch</em>, until that is sealed by bytes, records, age, or a flush;
 *   <li><em>in a closed batch</em>, until the one ack for it comes.
 * </ol>
 *
 * <p>FIFO everywhere keeps the records of one caller to one partition in order. Pure: time comes in as an argument,
 * effects go out through {@link AccumulatorOutput}. Confined to the accumulator's event loop.
 */
final class RecordAccumulator {
  private final ProducerOptions options;
  private final MemoryBudget budget;
  private final PartitionChooser chooser;
  private final AccumulatorOutput output;
  private final Compression compression;
  private final long lingerNanos;
  private final long maxBlockNanos;
  private final long deliveryTimeoutNanos;

  private final FlushTracker flushes = new FlushTracker();
  private final Deque<PendingRecord> outside = new ArrayDeque<>();
  private final Map<String, TopicBuffer> topics = new HashMap<>();
  private final Set<TopicBuffer> waitingTopics = new HashSet<>();
  private final Map<PartitionBatch, TopicBuffer> openInOrder = new LinkedHashMap<>();
  private final List<PartitionBatch> urgent = new ArrayList<>();
  private final Map<Long, ClosedBatch> closed = new LinkedHashMap<>();
  private long nextBatchId;

  RecordAccumulator(
      ProducerOptions options,
      MemoryBudget budget,
      PartitionChooser chooser,
      AccumulatorOutput output) {
    this.options = options;
    this.budget = budget;
    this.chooser = chooser;
    this.output = output;
    this.compression = Compression.valueOf(options.getCompression().toUpperCase(Locale.ROOT));
    this.lingerNanos = TimeUnit.MILLISECONDS.toNanos(options.getLingerMs());
    this.maxBlockNanos = TimeUnit.MILLISECONDS.toNanos(options.getMaxBlockMs());
    this.deliveryTimeoutNanos = TimeUnit.MILLISECONDS.toNanos(options.getDeliveryTimeoutMs());
  }

  /** Takes a record whose memory is reserved. Call {@link #endTurn} after the last one of a turn. */
  void accept(PendingRecord record, long nowNanos) {
    flushes.accept(record);
    record.since(nowNanos);
    if (outside.isEmpty() && budget.tryEnter(record.chargedBytes)) {
      enter(record, nowNanos);
    } else {
      outside.add(record);
    }
  }

  /** Seals what is open; the flush covers every record accepted so far. */
  void flush(FlushRequest request) {
    flushes.flush(request);
    sealAll();
  }

  /** Seals what is due and fails what is overdue. */
  void endTurn(long nowNanos) {
    expireWaiting(nowNanos);
    admit(nowNanos);
    expireOutside(nowNanos);
    if (!outside.isEmpty() && closed.isEmpty()) {
      // No acknowledgement is going to make room: what lingers has to go.
      sealAll();
    }
    for (PartitionBatch batch : urgent) {
      TopicBuffer topic = openInOrder.get(batch);
      if (topic != null) {
        seal(topic, batch);
      }
    }
    urgent.clear();
    while (!openInOrder.isEmpty()) {
      Map.Entry<PartitionBatch, TopicBuffer> oldest =
          openInOrder.entrySet().iterator().next();
      if (nowNanos - oldest.getKey().openedNanos() < lingerNanos) {
        break;
      }
      seal(oldest.getValue(), oldest.getKey());
    }
  }

  /** When {@link #endTurn} has to be called again at the latest, if nothing else happens. */
  OptionalLong nextWakeNanos() {
    OptionalLong earliest = OptionalLong.empty();
    if (!openInOrder.isEmpty()) {
      PartitionBatch oldest = openInOrder.keySet().iterator().next();
      earliest = OptionalLong.of(oldest.openedNanos() + lingerNanos);
    }
    if (!outside.isEmpty()) {
      earliest = earlier(earliest, outside.getFirst().sinceNanos() + maxBlockNanos);
    }
    for (TopicBuffer topic : waitingTopics) {
      earliest = earlier(earliest, topic.waiting().getFirst().sinceNanos() + deliveryTimeoutNanos);
    }
    return earliest;
  }

  private static OptionalLong earlier(OptionalLong left, long right) {
    return left.isPresent() && left.getAsLong() - right < 0 ? left : OptionalLong.of(right);
  }

  /** The router has news of a topic. */
  void onTopic(TopicAnswer answer, long nowNanos) {
    TopicBuffer topic = topics.get(answer.topic());
    if (topic == null) {
      return;
    }
    if (answer.topicId() != null) {
      if (topic.topicId() != null && !answer.topicId().equals(topic.topicId())) {
        forget(topic);
      }
      topic.become(answer.topicId(), answer.partitionCount());
      waitingTopics.remove(topic);
      for (PendingRecord record; (record = topic.waiting().poll()) != null; ) {
        place(topic, record, nowNanos);
      }
      return;
    }
    StreamHouseException failure = answer.failure();
    if (failure != null && topic.topicId() == null) {
      topic.failedFor(failure);
      if (!failure.code().isRetriable()) {
        failWaiting(topic, record -> true, failure);
        topics.remove(topic.name());
        admit(nowNanos);
      }
    }
  }

  /** A batch has come to its end. */
  void onAck(BatchAck ack, long nowNanos) {
    ClosedBatch batch = closed.remove(ack.batchId());
    if (batch == null) {
      return;
    }
    budget.leave(batch.chargedBytes());
    StreamHouseException failure = ack.failure();
    if (failure == null) {
      output.succeed(batch, ack.baseOffset());
    } else {
      output.fail(batch.records(), failure);
      if (failure.code() == ErrorCode.UNKNOWN_TOPIC) {
        askAgain(batch.sealed().topic(), batch.sealed().partitionId());
      }
    }
    admit(nowNanos);
  }

  /** Fails every record that has no answer yet: those that were never sealed surely, the others perhaps written. */
  void failAll(StreamHouseException notSent, StreamHouseException perhapsWritten) {
    List<PendingRecord> waiting = new ArrayList<>();
    for (PendingRecord record; (record = outside.poll()) != null; ) {
      budget.cancel(record.chargedBytes);
      waiting.add(record);
    }
    output.fail(waiting, notSent);
    for (TopicBuffer topic : List.copyOf(waitingTopics)) {
      failWaiting(topic, record -> true, notSent);
    }
    Set<Long> sent = Set.copyOf(closed.keySet());
    openInOrder.forEach((batch, topic) -> close(topic, batch));
    openInOrder.clear();
    for (ClosedBatch batch : closed.values()) {
      budget.leave(batch.chargedBytes());
      output.fail(
          batch.records(), sent.contains(batch.sealed().batchId()) ? perhapsWritten : notSent);
    }
    closed.clear();
  }

  /** Whether every record accepted has its answer. */
  boolean isEmpty() {
    return outside.isEmpty()
        && waitingTopics.isEmpty()
        && openInOrder.isEmpty()
        && closed.isEmpty();
  }

  /** How many records have no answer yet. */
  long unanswered() {
    long records = outside.size();
    for (TopicBuffer topic : waitingTopics) {
      records += topic.waiting().size();
    }
    for (ClosedBatch batch : closed.values()) {
      records += batch.records().size();
    }
    return records + stats().records();
  }

  /** Takes out the flushes whose records all have their answers. */
  List<FlushRequest> takeFinishedFlushes() {
    return flushes.takeOver();
  }

  AccumulatorStats stats() {
    int records = 0;
    long bytes = 0;
    for (PartitionBatch batch : openInOrder.keySet()) {
      records += batch.recordCount();
      bytes += batch.sizeBytes();
    }
    return new AccumulatorStats(openInOrder.size(), records, bytes);
  }

  private void enter(PendingRecord record, long nowNanos) {
    record.since(nowNanos);
    TopicBuffer topic = topics.get(record.record().topic());
    if (topic == null) {
      topic = newTopic(record);
      if (topic == null) {
        return;
      }
    }
    if (topic.topicId() == null) {
      topic.waiting().add(record);
      waitingTopics.add(topic);
    } else {
      place(topic, record, nowNanos);
    }
  }

  private @Nullable TopicBuffer newTopic(PendingRecord record) {
    String name = record.record().topic();
    try {
      TopicNames.validate(name);
    } catch (StreamHouseException e) {
      failInside(List.of(record), e);
      return null;
    }
    TopicBuffer topic = new TopicBuffer(name, chooser);
    topics.put(name, topic);
    output.ask(new TopicQuery(name, null));
    return topic;
  }

  private void place(TopicBuffer topic, PendingRecord record, long nowNanos) {
    int partition;
    try {
      partition = topic.partitionOf(record.record());
    } catch (StreamHouseException e) {
      failInside(List.of(record), e);
      return;
    }
    PartitionBatch batch = topic.openBatch(partition);
    if (batch != null && !batch.tryAppend(record)) {
      seal(topic, batch);
      place(topic, record, nowNanos);
      return;
    }
    if (batch == null) {
      batch = topic.open(partition, options.getBatchBytesMax(), nowNanos);
      openInOrder.put(batch, topic);
      if (!batch.tryAppend(record)) {
        throw new IllegalStateException("an empty batch refused its first record");
      }
    }
    if (batch.isFull(options.getBatchRecordsMax())) {
      seal(topic, batch);
    } else if (record.generation().isFlushed()) {
      urgent.add(batch);
    }
  }

  private void sealAll() {
    List.copyOf(openInOrder.entrySet()).forEach(open -> seal(open.getValue(), open.getKey()));
  }

  private void seal(TopicBuffer topic, PartitionBatch batch) {
    openInOrder.remove(batch);
    output.send(close(topic, batch).sealed());
  }

  private ClosedBatch close(TopicBuffer topic, PartitionBatch batch) {
    topic.close(batch);
    ClosedBatch result = batch.seal(nextBatchId++, compression, deliveryTimeoutNanos);
    closed.put(result.sealed().batchId(), result);
    return result;
  }

  private void askAgain(String name, PartitionId stale) {
    TopicBuffer topic = topics.get(name);
    if (topic != null && stale.topicId().equals(topic.topicId())) {
      forget(topic);
      output.ask(new TopicQuery(name, stale.topicId()));
    }
  }

  private void forget(TopicBuffer topic) {
    List<PartitionBatch> open = new ArrayList<>();
    openInOrder.forEach((batch, owner) -> {
      if (owner == topic) {
        open.add(batch);
      }
    });
    open.forEach(batch -> seal(topic, batch));
    topic.becomeUnknown();
  }

  private void admit(long nowNanos) {
    while (!outside.isEmpty() && budget.tryEnter(outside.getFirst().chargedBytes)) {
      enter(outside.removeFirst(), nowNanos);
    }
  }

  private void expireOutside(long nowNanos) {
    List<PendingRecord> expired = new ArrayList<>();
    while (!outside.isEmpty() && nowNanos - outside.getFirst().sinceNanos() >= maxBlockNanos) {
      PendingRecord record = outside.removeFirst();
      budget.cancel(record.chargedBytes);
      expired.add(record);
    }
    if (!expired.isEmpty()) {
      output.fail(
          expired,
          bufferFull(options, budget, "for maxBlockMs (" + options.getMaxBlockMs() + " ms)"));
    }
  }

  private void expireWaiting(long nowNanos) {
    for (TopicBuffer topic : List.copyOf(waitingTopics)) {
      StreamHouseException cause = topic.lastFailure();
      failWaiting(
          topic,
          record -> nowNanos - record.sinceNanos() >= deliveryTimeoutNanos,
          StreamHouseException.of(
              ErrorCode.DELIVERY_TIMEOUT,
              "topic '" + topic.name() + "' could not be looked up within deliveryTimeoutMs ("
                  + options.getDeliveryTimeoutMs() + " ms): "
                  + (cause == null ? "no agent has answered yet" : cause.getMessage())));
    }
  }

  private void failWaiting(
      TopicBuffer topic, Predicate<PendingRecord> overdue, StreamHouseException failure) {
    List<PendingRecord> failed = new ArrayList<>();
    while (!topic.waiting().isEmpty() && overdue.test(topic.waiting().getFirst())) {
      failed.add(topic.waiting().removeFirst());
    }
    if (topic.waiting().isEmpty()) {
      waitingTopics.remove(topic);
    }
    failInside(failed, failure);
  }

  private void failInside(List<PendingRecord> records, StreamHouseException failure) {
    for (PendingRecord record : records) {
      budget.leave(record.chargedBytes);
    }
    if (!records.isEmpty()) {
      output.fail(records, failure);
    }
  }

  /** The error of a record that found no room. */
  static StreamHouseException bufferFull(ProducerOptions options, MemoryBudget budget, String how) {
    return StreamHouseException.of(
        ErrorCode.BUFFER_FULL,
        "the producer's buffer stayed full " + how + ": " + budget.reservedBytes()
            + " bytes wait for acknowledgement, bufferMemoryBytes is "
            + options.getBufferMemoryBytes()
            + "; send more slowly (watch writeQueueFull), raise bufferMemoryBytes or maxBlockMs, or see why agents"
            + " do not acknowledge");
  }
}
