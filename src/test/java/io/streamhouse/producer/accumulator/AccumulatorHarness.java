package io.streamhouse.producer.accumulator;

import io.streamhouse.ProducerOptions;
import io.streamhouse.ProducerRecord;
import io.streamhouse.RecordMetadata;
import io.streamhouse.StreamHouseException;
import io.streamhouse.bus.BatchAck;
import io.streamhouse.bus.SealedBatch;
import io.streamhouse.bus.TopicAnswer;
import io.streamhouse.bus.TopicQuery;
import io.streamhouse.record.RecordBatch;
import io.streamhouse.record.RecordBatchBuilder;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** A {@link RecordAccumulator} on a clock that tests move, without Vert.x contexts. */
final class AccumulatorHarness implements AccumulatorOutput {
  final MemoryBudget budget;
  final RecordAccumulator accumulator;
  final List<SealedBatch> sealed = new ArrayList<>();
  final List<TopicQuery> queries = new ArrayList<>();
  private final Completions completions = new Completions(null, this::finishFlushes);
  private long nowNanos = 1_000_000_000L;

  AccumulatorHarness(ProducerOptions options) {
    options.validate();
    budget = new MemoryBudget(options.getBufferMemoryBytes());
    int[] round = new int[1];
    accumulator = new RecordAccumulator(
        options, budget, (topic, partitions, previous) -> round[0]++ % partitions, this);
  }

  void topic(String name, int partitions) {
    accumulator.onTopic(
        TopicAnswer.known(name, new UUID(name.hashCode(), 1), partitions), nowNanos);
    accumulator.endTurn(nowNanos);
  }

  void topicFails(String name, StreamHouseException failure) {
    accumulator.onTopic(TopicAnswer.failed(name, failure), nowNanos);
    accumulator.endTurn(nowNanos);
  }

  /** Accepts a record in a turn of its own. */
  Future<RecordMetadata> send(ProducerRecord record) {
    long charged =
        RecordBatchBuilder.recordSizeBytes(0, 0, record.key(), record.value(), record.headers())
            + MemoryBudget.RECORD_OVERHEAD_BYTES;
    if (!budget.tryReserve(charged)) {
      throw new AssertionError("the budget refuses");
    }
    PendingRecord pending = new PendingRecord(record, 1_000, charged, null);
    accumulator.accept(pending, nowNanos);
    accumulator.endTurn(nowNanos);
    return pending.promise.future();
  }

  Future<Void> flush() {
    FlushRequest request = new FlushRequest(null);
    accumulator.flush(request);
    finishFlushes();
    accumulator.endTurn(nowNanos);
    return request.promise.future();
  }

  void advanceMs(long ms) {
    nowNanos += TimeUnit.MILLISECONDS.toNanos(ms);
    accumulator.endTurn(nowNanos);
  }

  long nowNanos() {
    return nowNanos;
  }

  void ack(SealedBatch batch, long baseOffset) {
    accumulator.onAck(BatchAck.durable(batch.batchId(), baseOffset), nowNanos);
    accumulator.endTurn(nowNanos);
  }

  void nack(SealedBatch batch, StreamHouseException failure) {
    accumulator.onAck(BatchAck.failed(batch.batchId(), failure), nowNanos);
    accumulator.endTurn(nowNanos);
  }

  /** The values of a sealed batch. */
  static List<String> values(SealedBatch batch) {
    List<String> values = new ArrayList<>();
    RecordBatch.at(batch.records(), 0)
        .records(64 << 20)
        .forEach(record -> values.add(String.valueOf(record.value())));
    return values;
  }

  private void finishFlushes() {
    accumulator.takeFinishedFlushes().forEach(completions::flushed);
  }

  @Override
  public void send(SealedBatch batch) {
    sealed.add(batch);
  }

  @Override
  public void ask(TopicQuery query) {
    queries.add(query);
  }

  @Override
  public void succeed(ClosedBatch batch, long baseOffset) {
    completions.succeed(batch, baseOffset);
  }

  @Override
  public void fail(List<PendingRecord> records, StreamHouseException failure) {
    completions.fail(records, failure);
  }
}
