package io.streamhouse.consumer;

import io.streamhouse.ErrorCode;
import io.streamhouse.StartPosition;
import io.streamhouse.StreamHouseException;
import io.streamhouse.common.AgentAddress;
import io.streamhouse.record.Compression;
import io.streamhouse.record.RecordBatch;
import io.streamhouse.record.RecordBatchBuilder;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Agents with a log in memory. A fetch is answered when the test says so, from the log as it is then, or with the
 * failure that the test puts in its way.
 */
final class LogTwin implements FetchTransport {
  static final AgentAddress AGENT_A = new AgentAddress("a", 1);
  static final AgentAddress AGENT_B = new AgentAddress("b", 2);

  final UUID topicId = new UUID(7, 7);
  final Map<Integer, List<ByteBuffer>> batches = new HashMap<>();
  final Map<Integer, AgentAddress> leaders = new HashMap<>();
  final ArrayDeque<Pending> fetches = new ArrayDeque<>();
  final List<FetchPlan> plans = new ArrayList<>();
  int lookups;
  boolean closed;

  /** A fetch that waits for its answer. */
  record Pending(FetchPlan plan, Promise<List<PartitionData>> answer) {}

  LogTwin(int partitions) {
    for (int partition = 0; partition < partitions; partition++) {
      batches.put(partition, new ArrayList<>());
    }
  }

  /** Appends one batch of records whose values are "partition:offset". */
  void append(int partition, int records) {
    append(partition, endOffset(partition), records);
  }

  void append(int partition, long baseOffset, int records) {
    RecordBatchBuilder builder = new RecordBatchBuilder(256, 1 << 20);
    for (int i = 0; i < records; i++) {
      Buffer value = Buffer.buffer(partition + ":" + (baseOffset + i));
      builder.tryAppend(1_700_000_000_000L + i, null, value, List.of());
    }
    ByteBuffer batch = builder.build(Compression.NONE);
    RecordBatch view = RecordBatch.at(batch, 0);
    view.stampProducer(1, 0, (int) baseOffset);
    view.stampOffset(baseOffset, 1);
    batches.get(partition).add(batch);
  }

  long endOffset(int partition) {
    List<ByteBuffer> log = batches.get(partition);
    return log.isEmpty() ? 0 : RecordBatch.at(log.get(log.size() - 1), 0).lastOffset() + 1;
  }

  /** Answers the oldest waiting fetch from the log. */
  void answerNext() {
    Pending next = fetches.remove();
    next.answer()
        .complete(next.plan().wanted().stream()
            .map(wanted -> read(wanted, next.plan().bytesMax()))
            .toList());
  }

  void failNext(ErrorCode code) {
    fetches.remove().answer().fail(StreamHouseException.of(code, "made to fail"));
  }

  /** Answers the oldest waiting fetch with a failure of one partition; the others get their records. */
  void failNextPartition(int partition, StreamHouseException failure) {
    Pending next = fetches.remove();
    next.answer()
        .complete(next.plan().wanted().stream()
            .map(wanted -> wanted.partition() == partition
                ? new PartitionData(partition, ByteBuffer.allocate(0), failure)
                : read(wanted, next.plan().bytesMax()))
            .toList());
  }

  private PartitionData read(FetchPlan.Wanted wanted, int bytesMax) {
    List<ByteBuffer> found = new ArrayList<>();
    int size = 0;
    for (ByteBuffer batch : batches.get(wanted.partition())) {
      if (RecordBatch.at(batch, 0).lastOffset() < wanted.offset()) {
        continue;
      }
      if (!found.isEmpty() && size + batch.remaining() > bytesMax) {
        break;
      }
      found.add(batch);
      size += batch.remaining();
    }
    ByteBuffer joined = ByteBuffer.allocate(size);
    found.forEach(batch -> joined.put(batch.duplicate()));
    return new PartitionData(wanted.partition(), joined.flip(), null);
  }

  @Override
  public Future<TopicLayout> lookup(String topic) {
    lookups++;
    return Future.succeededFuture(
        new TopicLayout(topicId, batches.size(), leaders, List.of(AGENT_A)));
  }

  @Override
  public Future<Map<Integer, Long>> listOffsets(
      String topic, List<Integer> partitions, StartPosition position) {
    return Future.succeededFuture(partitions.stream()
        .collect(Collectors.toMap(
            partition -> partition,
            partition -> position instanceof StartPosition.Earliest ? 0 : endOffset(partition))));
  }

  @Override
  public Future<List<PartitionData>> fetch(FetchPlan plan) {
    Promise<List<PartitionData>> answer = Promise.promise();
    plans.add(plan);
    fetches.add(new Pending(plan, answer));
    return answer.future();
  }

  @Override
  public Future<Void> close() {
    closed = true;
    return Future.succeededFuture();
  }
}
