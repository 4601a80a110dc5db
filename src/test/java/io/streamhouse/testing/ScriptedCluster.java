package io.streamhouse.testing;

import io.streamhouse.ErrorCode;
import io.streamhouse.StreamHouseException;
import io.streamhouse.common.PartitionId;
import io.streamhouse.record.LogRecord;
import io.streamhouse.record.RecordBatch;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * What {@link ScriptedAgent}s share, as real ones share PostgreSQL and the object store: topics, leases, producer
 * sequences, and the logs. Checks sequences as agents do, so that a producer that breaks the protocol is refused.
 */
public final class ScriptedCluster {
  /** A topic. */
  public record TopicState(String name, UUID id, int partitions) {}

  /** A batch in a log. */
  public record Appended(long baseOffset, int epoch, int baseSequence, ByteBuffer bytes) {}

  private static final class Sequences {
    int epoch = -1;
    int next;
    final Map<Integer, Long> offsets = new HashMap<>();
    final Map<Integer, Integer> counts = new HashMap<>();
  }

  private record Key(PartitionId partition, long producerId) {}

  private final Map<String, TopicState> topics = new TreeMap<>();
  private final Map<PartitionId, String> leases = new HashMap<>();
  private final Map<PartitionId, Integer> leaseEpochs = new HashMap<>();
  private final Map<String, String> agents = new LinkedHashMap<>();
  private final Map<PartitionId, List<Appended>> logs = new HashMap<>();
  private final Map<Key, Sequences> producers = new HashMap<>();
  private final Map<Long, Integer> producerEpochs = new HashMap<>();
  private int inits;

  public synchronized TopicState createTopic(String name, int partitions) {
    TopicState topic = new TopicState(name, UUID.randomUUID(), partitions);
    topics.put(name, topic);
    return topic;
  }

  public synchronized void addPartitions(String name, int partitions) {
    topics.put(name, new TopicState(name, topics.get(name).id(), partitions));
  }

  public synchronized void deleteTopic(String name) {
    topics.remove(name);
  }

  public synchronized TopicState topic(String name) {
    return topics.get(name);
  }

  public synchronized PartitionId partition(String topic, int partition) {
    return new PartitionId(topics.get(topic).id(), partition);
  }

  /** The partition is led at this address from now on. */
  public synchronized void lease(PartitionId partition, String address) {
    leases.put(partition, address);
    leaseEpochs.merge(partition, 1, Integer::sum);
  }

  public synchronized void dropLease(PartitionId partition) {
    leases.remove(partition);
  }

  public synchronized String holder(PartitionId partition) {
    return leases.get(partition);
  }

  public synchronized int leaseEpoch(PartitionId partition) {
    return leaseEpochs.getOrDefault(partition, 0);
  }

  public synchronized void join(String agentId, String address) {
    agents.put(agentId, address);
  }

  public synchronized void leave(String agentId) {
    agents.remove(agentId);
  }

  public synchronized Map<String, String> agents() {
    return new LinkedHashMap<>(agents);
  }

  /** The next producer id, or the next epoch of one. */
  public synchronized long[] initProducer(Long producerId) {
    inits++;
    long id = producerId == null ? 1000 + producerEpochs.size() : producerId;
    int epoch = producerEpochs.merge(id, 0, (old, zero) -> old + 1);
    return new long[] {id, epoch};
  }

  public synchronized int inits() {
    return inits;
  }

  /** No agent remembers any producer any more. */
  public synchronized void forgetProducers() {
    producers.clear();
    producerEpochs.clear();
  }

  /** Appends a batch, or says where it is. */
  public synchronized long append(PartitionId partition, ByteBuffer bytes) {
    RecordBatch batch = RecordBatch.at(bytes, bytes.position());
    if (!batch.hasValidCrc()) {
      throw StreamHouseException.of(ErrorCode.CORRUPT_BATCH, "CRC is wrong");
    }
    if (topics.values().stream().noneMatch(topic -> topic.id().equals(partition.topicId()))) {
      throw StreamHouseException.of(ErrorCode.UNKNOWN_TOPIC, "no topic has that id");
    }
    if (!producerEpochs.containsKey(batch.producerId())) {
      throw StreamHouseException.of(
          ErrorCode.UNKNOWN_PRODUCER, "producer " + batch.producerId() + " is unknown");
    }
    Sequences known =
        producers.computeIfAbsent(new Key(partition, batch.producerId()), key -> new Sequences());
    if (batch.producerEpoch() < known.epoch) {
      throw StreamHouseException.of(
          ErrorCode.PRODUCER_FENCED, "epoch " + known.epoch + " is there");
    }
    int expected = batch.producerEpoch() > known.epoch ? 0 : known.next;
    int sequence = batch.baseSequence();
    if (sequence != expected) {
      Long offset = batch.producerEpoch() == known.epoch ? known.offsets.get(sequence) : null;
      if (offset != null && known.counts.get(sequence) == batch.recordCount()) {
        return offset;
      }
      throw StreamHouseException.of(
          ErrorCode.OUT_OF_ORDER_SEQUENCE, sequence + " came, " + expected + " is next");
    }
    if (batch.producerEpoch() > known.epoch) {
      known.epoch = batch.producerEpoch();
      known.offsets.clear();
      known.counts.clear();
    }
    List<Appended> log = logs.computeIfAbsent(partition, key -> new ArrayList<>());
    long offset = 0;
    if (!log.isEmpty()) {
      Appended last = log.get(log.size() - 1);
      offset = last.baseOffset() + RecordBatch.at(last.bytes(), 0).recordCount();
    }
    known.offsets.put(sequence, offset);
    known.counts.put(sequence, batch.recordCount());
    known.next = RecordBatch.incrementSequence(sequence, batch.recordCount());
    ByteBuffer copy = ByteBuffer.allocate(batch.sizeBytes()).put(batch.bytes()).flip();
    log.add(new Appended(offset, batch.producerEpoch(), sequence, copy));
    return offset;
  }

  /** The batches of a log. */
  public synchronized List<Appended> log(PartitionId partition) {
    return List.copyOf(logs.getOrDefault(partition, List.of()));
  }

  /** The values of a log's records, in order. */
  public synchronized List<String> values(PartitionId partition) {
    List<String> values = new ArrayList<>();
    for (Appended appended : log(partition)) {
      for (LogRecord record : RecordBatch.at(appended.bytes(), 0).records(64 << 20)) {
        values.add(record.value() == null ? null : record.value().toString());
      }
    }
    return values;
  }
}
