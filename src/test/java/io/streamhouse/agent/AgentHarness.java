package io.streamhouse.agent;

import io.streamhouse.ErrorCode;
import io.streamhouse.StreamHouseException;
import io.streamhouse.common.AgentAddress;
import io.streamhouse.common.PartitionId;
import io.streamhouse.common.RetryPolicy;
import io.streamhouse.metadata.TopicInfo;
import io.streamhouse.record.Compression;
import io.streamhouse.record.LogRecord;
import io.streamhouse.record.RecordBatch;
import io.streamhouse.record.RecordBatchBuilder;
import io.streamhouse.testing.MemoryMetadataStore;
import io.streamhouse.testing.MemoryObjectStore;
import io.streamhouse.testing.VirtualTime;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.assertj.core.api.Assertions;

/** Agents on virtual time, with stores in memory that several of them can share. */
final class AgentHarness {
  final VirtualTime time = new VirtualTime();
  final MemoryMetadataStore metadata = new MemoryMetadataStore(time::nowMs);
  final MemoryObjectStore storage = new MemoryObjectStore();
  final TopicInfo topic = metadata.createTopic("orders", 4, Map.of()).result();
  /** A producer id that has been given, with epoch 0. */
  final long producerId = metadata.newProducer().result().producerId();

  private long objectIds;
  private int agents;

  PartitionId partition(int number) {
    return new PartitionId(topic.id(), number);
  }

  static AgentOptions options() {
    return new AgentOptions().setFlushIntervalMs(100).setSessionTtlMs(10_000);
  }

  Agent startAgent() {
    return startAgent(options());
  }

  Agent startAgent(AgentOptions options) {
    agents++;
    RetryPolicy retries = new RetryPolicy(50, 1_000, bound -> bound);
    Agent agent =
        new Agent(metadata, storage, time, options, () -> new UUID(9, ++objectIds), retries);
    Assertions.assertThat(agent.start(new AgentAddress("agent-" + agents, 9470)).succeeded())
        .isTrue();
    return agent;
  }

  /** A batch without a producer. */
  static ByteBuffer batch(String... values) {
    RecordBatchBuilder builder = new RecordBatchBuilder(1024, 1 << 20);
    for (String value : values) {
      builder.tryAppend(1_000, null, Buffer.buffer(value), List.of());
    }
    return builder.build(Compression.NONE);
  }

  /** A batch of a producer. */
  static ByteBuffer batch(long producerId, int epoch, int sequence, String... values) {
    ByteBuffer batch = batch(values);
    RecordBatch.at(batch, 0).stampProducer(producerId, epoch, sequence);
    return batch;
  }

  /** Appends and lets time pass until the answer is there. */
  long append(Agent agent, int partition, ByteBuffer batch) {
    Future<AppendResult> result = agent.append(partition(partition), batch);
    for (int i = 0; i < 100 && !result.isComplete(); i++) {
      time.advanceMs(50);
    }
    Assertions.assertThat(result).matches(Future::succeeded, "succeeded, but: " + result);
    return result.result().baseOffset();
  }

  /** Another session takes a partition over, and is gone again; its holder does not know yet. */
  void takeLeaseAway(int partition) {
    List<PartitionId> lease = List.of(partition(partition));
    UUID holder = metadata
        .partitionStates(lease)
        .result()
        .get(lease.get(0))
        .holder()
        .get()
        .sessionId();
    UUID other = metadata.openSession("other", "other:1", "", 60_000).result().sessionId();
    metadata.releaseLeases(holder, lease);
    metadata.acquireLeases(other, lease);
    metadata.closeSession(other);
  }

  static ErrorCode codeOf(Future<?> failed) {
    Assertions.assertThat(failed.failed()).as("failed: %s", failed).isTrue();
    return ((StreamHouseException) failed.cause()).code();
  }

  /** Every value of a partition, read through an agent from offset 0. */
  List<String> read(Agent agent, int partition) {
    List<String> values = new ArrayList<>();
    long offset = 0;
    while (true) {
      Future<FetchedSlice> slice = agent.reader().read(partition(partition), offset, 1 << 20);
      time.settle();
      Assertions.assertThat(slice).matches(Future::succeeded, "succeeded, but: " + slice);
      if (slice.result().batches().isEmpty()) {
        return values;
      }
      for (ByteBuffer batch : slice.result().batches()) {
        for (LogRecord record : RecordBatch.at(batch, 0).records(1 << 20)) {
          Assertions.assertThat(record.offset()).isGreaterThanOrEqualTo(offset);
          values.add(record.value().toString());
          offset = record.offset() + 1;
        }
      }
    }
  }
}
