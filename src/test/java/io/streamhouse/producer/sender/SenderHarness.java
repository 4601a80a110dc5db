package io.streamhouse.producer.sender;

import io.streamhouse.ErrorCode;
import io.streamhouse.ProducerOptions;
import io.streamhouse.StreamHouseException;
import io.streamhouse.bus.BatchAck;
import io.streamhouse.bus.RouteChanged;
import io.streamhouse.bus.RouteFailure;
import io.streamhouse.bus.RoutedBatch;
import io.streamhouse.bus.SealedBatch;
import io.streamhouse.common.AgentAddress;
import io.streamhouse.common.PartitionId;
import io.streamhouse.common.ProducerIdentity;
import io.streamhouse.common.RetryPolicy;
import io.streamhouse.record.Compression;
import io.streamhouse.record.RecordBatch;
import io.streamhouse.record.RecordBatchBuilder;
import io.streamhouse.testing.VirtualTime;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** A {@link SenderCore} on virtual time, whose agents are lists of what was written to them. */
final class SenderHarness implements SenderCore.Output {
  static final AgentAddress A = new AgentAddress("a", 1);
  static final AgentAddress B = new AgentAddress("b", 1);
  static final UUID TOPIC = new UUID(1, 2);

  /** A copy as it went over the wire. */
  record Sent(
      Transmission copy,
      AgentAddress agent,
      long batchId,
      int epoch,
      int sequence,
      ByteBuffer bytes) {}

  final VirtualTime time = new VirtualTime();
  final List<Sent> wire = new ArrayList<>();
  final Map<Long, BatchAck> acks = new LinkedHashMap<>();
  final List<RouteFailure> reports = new ArrayList<>();
  final List<ProducerIdentity> inits = new ArrayList<>();
  final List<AgentAddress> asked = new ArrayList<>();
  final Set<Long> forgottenIds = new HashSet<>();
  final Set<AgentAddress> deadForIdentities = new HashSet<>();
  final SenderCore core;
  private final ProducerOptions options;
  private final Map<AgentAddress, Boolean> silent = new HashMap<>();
  private StreamHouseException identityFailure;
  private long nextBatchId;
  private long nextProducerId = 100;
  private long revision = 1;

  SenderHarness(ProducerOptions options) {
    this(options, max -> max);
  }

  SenderHarness(ProducerOptions options, java.util.function.LongUnaryOperator jitter) {
    this.options = options;
    core = new SenderCore(
        options,
        time,
        new RetryPolicy(options.getRetryBackoffMs(), options.getRetryBackoffMaxMs(), jitter),
        this::init,
        agent -> new Link(agent),
        this);
  }

  private final class Link implements AgentLink {
    private final AgentAddress agent;

    Link(AgentAddress agent) {
      this.agent = agent;
    }

    @Override
    public void send(Transmission copy) {
      OutgoingBatch batch = copy.batch();
      if (!silent.containsKey(agent)) {
        copy.written(time.nanoTime());
      }
      ByteBuffer bytes =
          ByteBuffer.allocate(batch.sizeBytes()).put(batch.bytes()).flip();
      RecordBatch view = RecordBatch.at(bytes, 0);
      if (!view.hasValidCrc()) {
        throw new AssertionError("batch " + batch.sealed().batchId() + " has a wrong CRC");
      }
      wire.add(new Sent(
          copy, agent, batch.sealed().batchId(), view.producerEpoch(), view.baseSequence(), bytes));
    }

    @Override
    public void tick(long nowNanos) {
      // These links are lost when a test says so.
    }
  }

  private Future<ProducerIdentity> init(AgentAddress agent, ProducerIdentity outdated) {
    asked.add(agent);
    if (outdated != null && forgottenIds.contains(outdated.producerId())) {
      return Future.failedFuture(
          StreamHouseException.of(ErrorCode.UNKNOWN_PRODUCER, "forgotten on purpose"));
    }
    if (deadForIdentities.contains(agent)) {
      return Future.failedFuture(
          StreamHouseException.of(ErrorCode.UNAVAILABLE, agent + " is dead on purpose"));
    }
    if (identityFailure != null) {
      return Future.failedFuture(identityFailure);
    }
    ProducerIdentity identity = outdated == null
        ? new ProducerIdentity(nextProducerId++, 0)
        : new ProducerIdentity(outdated.producerId(), outdated.epoch() + 1);
    inits.add(identity);
    return Future.succeededFuture(identity);
  }

  void failIdentities(StreamHouseException failure) {
    identityFailure = failure;
  }

  /** Copies to this agent are never written out. */
  void hold(AgentAddress agent) {
    silent.put(agent, true);
  }

  /** A batch of a number of records for a partition, routed to A. */
  long batch(int partition, int records) {
    return batch(partition, records, A);
  }

  long batch(int partition, int records, AgentAddress agent) {
    RecordBatchBuilder builder = new RecordBatchBuilder(0, 1 << 20);
    for (int i = 0; i < records; i++) {
      builder.tryAppend(1, null, Buffer.buffer("value " + nextBatchId + "/" + i), List.of());
    }
    SealedBatch batch = new SealedBatch(
        nextBatchId++,
        "t",
        new PartitionId(TOPIC, partition),
        builder.build(Compression.NONE),
        records,
        time.nanoTime() + TimeUnit.MILLISECONDS.toNanos(options.getDeliveryTimeoutMs()));
    core.onBatch(new RoutedBatch(batch, agent, revision));
    time.settle();
    return batch.batchId();
  }

  void route(int partition, AgentAddress agent) {
    core.onRoute(new RouteChanged(new PartitionId(TOPIC, partition), agent, ++revision));
    time.settle();
  }

  /** The latest copy of a batch. */
  Sent last(long batchId) {
    Sent found = null;
    for (Sent sent : wire) {
      found = sent.batchId() == batchId ? sent : found;
    }
    if (found == null) {
      throw new AssertionError("batch " + batchId + " was never sent");
    }
    return found;
  }

  long copies(long batchId) {
    return wire.stream().filter(sent -> sent.batchId() == batchId).count();
  }

  void succeed(long batchId, long offset) {
    last(batchId).copy().succeed(offset);
    time.settle();
  }

  void refuse(long batchId, ErrorCode code) {
    last(batchId).copy().fail(StreamHouseException.of(code, code + " on purpose"));
    time.settle();
  }

  void lose(long batchId) {
    last(batchId)
        .copy()
        .lose(StreamHouseException.unknownOutcome(ErrorCode.UNAVAILABLE, "cut on purpose", null));
    time.settle();
  }

  StreamHouseException failure(long batchId) {
    BatchAck ack = acks.get(batchId);
    if (ack == null || ack.failure() == null) {
      throw new AssertionError("batch " + batchId + " has " + ack);
    }
    return ack.failure();
  }

  boolean isDurable(long batchId) {
    BatchAck ack = acks.get(batchId);
    return ack != null && ack.failure() == null;
  }

  @Override
  public void acknowledge(BatchAck ack) {
    if (acks.put(ack.batchId(), ack) != null) {
      throw new AssertionError("a second ack for batch " + ack.batchId());
    }
  }

  @Override
  public void report(RouteFailure failure) {
    reports.add(failure);
  }
}
