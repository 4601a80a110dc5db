package io.streamhouse.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamhouse.ErrorCode;
import io.streamhouse.StreamHouseException;
import io.streamhouse.common.AgentAddress;
import io.streamhouse.common.PartitionId;
import io.streamhouse.common.RetryPolicy;
import io.streamhouse.metadata.AgentInfo;
import io.streamhouse.metadata.MetadataStore;
import io.streamhouse.record.LogRecord;
import io.streamhouse.record.RecordBatch;
import io.streamhouse.storage.ObjectStore;
import io.streamhouse.storage.StorageException;
import io.streamhouse.testing.FlakyPort;
import io.streamhouse.testing.MemoryMetadataStore.CommitFault;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Three agents that share a database and an object store, with producers and readers, while stores fail, sessions die,
 * and agents stop and crash. Everything follows from the seed.
 */
final class ClusterSimulation {
  private static final int AGENTS = 3;
  private static final int PARTITIONS = 2;
  private static final int PRODUCERS = 3;
  private static final int CHAOS_MS = 4_000;
  private static final int RECOVERY_MS = 120_000;
  private static final int SESSION_TTL_MS = 2_000;

  private final AgentHarness harness = new AgentHarness();
  private final Random random;
  private final Node[] nodes = new Node[AGENTS];
  private final List<Node> gone = new ArrayList<>();
  private final List<SimulatedLane> lanes = new ArrayList<>();
  private final List<Anonymous> anonymous = new ArrayList<>();
  private final List<Promise<Void>> held = new ArrayList<>();
  private final List<TreeMap<Long, String>> seen = new ArrayList<>();
  private long objectIds;
  private boolean chaos = true;

  ClusterSimulation(long seed) {
    random = new Random(seed);
  }

  void run() {
    for (int i = 0; i < AGENTS; i++) {
      nodes[i] = startNode(i);
    }
    for (int p = 0; p < PRODUCERS; p++) {
      long producerId = harness.metadata.newProducer().result().producerId();
      for (int i = 0; i < PARTITIONS; i++) {
        lanes.add(new SimulatedLane(
            p + "-" + i, harness.partition(i), producerId, harness.time, random, this::agentAt));
      }
    }
    for (int i = 0; i < PARTITIONS; i++) {
      seen.add(new TreeMap<>());
      read(i, 0);
    }
    long end = harness.time.nowMs() + CHAOS_MS;
    while (harness.time.nowMs() < end) {
      act();
      harness.time.advanceMs(random.nextInt(60));
    }
    chaos = false;
    heal();
    for (int i = 0; i < RECOVERY_MS / 500 && !lanes.stream().allMatch(SimulatedLane::isDone); i++) {
      harness.time.advanceMs(500);
    }
    for (Node node : nodes) {
      stop(node);
    }
    harness.time.advanceMs(RECOVERY_MS);
    check();
  }

  private void act() {
    switch (random.nextInt(26)) {
      case 0, 1 -> {
        StorageException.Kind[] kinds = {
          StorageException.Kind.UNAVAILABLE, StorageException.Kind.REJECTED
        };
        harness.storage.failNextPut(kinds[random.nextInt(kinds.length)]);
      }
      case 2 -> harness.storage.loseAnswerOfNextPut();
      case 3 -> hold();
      case 4, 5, 6 -> {
        CommitFault[] faults = {CommitFault.REFUSED, CommitFault.LOST_BEFORE, CommitFault.LOST_AFTER
        };
        harness.metadata.failNextCommit(faults[random.nextInt(faults.length)]);
      }
      case 7 -> withSession(harness.metadata::closeSession);
      case 8 -> withSession(harness.metadata::expireSession);
      case 9 ->
        withSession(session -> harness.metadata.releaseLeases(
            session, List.of(harness.partition(random.nextInt(PARTITIONS)))));
      case 10 -> replace(false);
      case 11 -> replace(true);
      case 12 -> node().port.setLossRate(random.nextInt(4) == 0 ? 0.5 : 0.05);
      case 13, 14 -> sendAnonymously();
      default -> lanes.get(random.nextInt(lanes.size())).produce();
    }
  }

  private Node node() {
    return nodes[random.nextInt(AGENTS)];
  }

  private void hold() {
    Promise<Void> release = Promise.promise();
    held.add(release);
    harness.storage.holdNextPut(release.future());
    harness.time.schedule(random.nextInt(3_000), release::tryComplete);
  }

  private void withSession(java.util.function.Consumer<UUID> action) {
    List<AgentInfo> live = harness.metadata.liveAgents().result();
    if (!live.isEmpty()) {
      action.accept(live.get(random.nextInt(live.size())).sessionId());
    }
  }

  /** An agent crashes or stops, and another takes its place. */
  private void replace(boolean crash) {
    int index = random.nextInt(AGENTS);
    Node old = nodes[index];
    if (crash) {
      old.crashed = true;
      old.port.cut();
    } else {
      stop(old);
    }
    gone.add(old);
    nodes[index] = startNode(index);
  }

  private static void stop(Node node) {
    node.stopped = node.agent.stop();
  }

  private void heal() {
    held.forEach(Promise::tryComplete);
    for (Node node : nodes) {
      node.port.setLossRate(0);
    }
    gone.forEach(node -> node.port.setLossRate(0));
  }

  private Node startNode(int index) {
    FlakyPort port = new FlakyPort(harness.time, random);
    MetadataStore metadata = port.to(
        MetadataStore.class,
        harness.metadata,
        call -> StreamHouseException.unknownOutcome(ErrorCode.UNAVAILABLE, call + " lost", null));
    ObjectStore storage = port.to(
        ObjectStore.class,
        harness.storage,
        call -> new StorageException(StorageException.Kind.UNAVAILABLE, call + " lost", null));
    AgentOptions options = new AgentOptions()
        .setSessionTtlMs(SESSION_TTL_MS)
        .setDrainTimeoutMs(1_000 + random.nextInt(4_000))
        .setTailCacheBytesMax(random.nextInt(3) * 500L)
        .setUploadsInFlightMax(1 + random.nextInt(4))
        .setFlushIntervalMs(random.nextInt(3) * 30);
    RetryPolicy retries = new RetryPolicy(20, 300, bound -> random.nextInt((int) bound + 1));
    Agent agent = new Agent(
        metadata, storage, harness.time, options, () -> new UUID(9, ++objectIds), retries);
    Node node = new Node(agent, port);
    agent.start(new AgentAddress("agent", 1 + index));
    port.setLossRate(random.nextInt(3) * 0.03);
    return node;
  }

  private Agent agentAt(@Nullable String address) {
    int index = address == null
        ? random.nextInt(AGENTS)
        : Integer.parseInt(address.substring(address.indexOf(':') + 1)) - 1;
    return nodes[index].agent;
  }

  private void sendAnonymously() {
    String value = "anonymous:" + anonymous.size();
    PartitionId partition = harness.partition(random.nextInt(PARTITIONS));
    Agent agent = agentAt(null);
    Future<AppendResult> result = agent.append(partition, AgentHarness.batch(value));
    anonymous.add(new Anonymous(value, partition, agent, result));
  }

  /** Follows a partition, from agent to agent, and keeps what it has seen. */
  private void read(int partition, long offset) {
    Agent agent = agentAt(null);
    if (!chaos) {
      return;
    }
    agent.reader().read(harness.partition(partition), offset, 200).onComplete(answer -> {
      long next = offset;
      if (answer.failed()) {
        assertThat(((StreamHouseException) answer.cause()).code()).isEqualTo(ErrorCode.UNAVAILABLE);
      } else {
        for (LogRecord record : records(answer.result())) {
          if (record.offset() >= offset) {
            assertThat(record.offset()).as("offsets as a reader sees them").isEqualTo(next);
            seen.get(partition).put(next++, String.valueOf(record.value()));
          }
        }
      }
      long from = next;
      harness.time.schedule(random.nextInt(100), () -> read(partition, from));
    });
  }

  private static List<LogRecord> records(FetchedSlice slice) {
    List<LogRecord> records = new ArrayList<>();
    for (ByteBuffer batch : slice.batches()) {
      RecordBatch.at(batch, 0).records(1 << 20).forEach(records::add);
    }
    return records;
  }

  private void check() {
    List<Node> all = new ArrayList<>(gone);
    all.addAll(Arrays.asList(nodes));
    Set<Agent> crashed = new HashSet<>();
    for (Node node : all) {
      if (node.crashed) {
        crashed.add(node.agent);
      } else {
        assertThat(node.stopped).as("stopped").matches(Future::isComplete, "is complete");
        assertThat(node.agent.memory().bytes()).as("memory in use").isZero();
        assertThat(node.agent.isReady()).isFalse();
      }
    }
    assertThat(harness.metadata.liveAgents().result())
        .as("sessions of stopped agents")
        .isEmpty();
    Agent reader = harness.startAgent();
    for (int i = 0; i < PARTITIONS; i++) {
      checkPartition(i, harness.read(reader, i), crashed);
    }
  }

  private void checkPartition(int number, List<String> log, Set<Agent> crashed) {
    assertThat(log).doesNotHaveDuplicates();
    seen.get(number).forEach((offset, value) -> assertThat(log.get(offset.intValue()))
        .as("offset %d as seen", offset)
        .isEqualTo(value));
    for (SimulatedLane lane : lanes) {
      if (lane.partition().equals(harness.partition(number))) {
        checkLane(lane, log, crashed);
      }
    }
    for (Anonymous batch : anonymous) {
      if (batch.partition.equals(harness.partition(number))) {
        checkAnonymous(batch, log, crashed);
      }
    }
  }

  private static void checkLane(SimulatedLane lane, List<String> log, Set<Agent> crashed) {
    List<String> values = new ArrayList<>();
    for (SimulatedLane.Batch batch : lane.batches) {
      assertThat(batch.offset).as("%s is acknowledged", batch).isNotNegative();
      for (int i = 0; i < batch.values.size(); i++) {
        assertThat(log.get((int) batch.offset + i)).isEqualTo(batch.values.get(i));
      }
      values.addAll(batch.values);
    }
    assertThat(log).containsSubsequence(values);
    assertThat(lane.sent)
        .filteredOn(sent -> !crashed.contains(sent.agent()))
        .allMatch(sent -> sent.result().isComplete());
  }

  private static void checkAnonymous(Anonymous batch, List<String> log, Set<Agent> crashed) {
    if (batch.result.succeeded()) {
      assertThat(log.get((int) batch.result.result().baseOffset())).isEqualTo(batch.value);
    } else if (batch.result.failed()) {
      if (!((StreamHouseException) batch.result.cause()).mayHaveBeenWritten()) {
        assertThat(log)
            .as("%s was refused with %s", batch.value, batch.result.cause().getMessage())
            .doesNotContain(batch.value);
      }
    } else {
      assertThat(crashed).as("%s has an answer", batch.value).contains(batch.agent);
    }
  }

  private static final class Node {
    final Agent agent;
    final FlakyPort port;
    boolean crashed;

    @Nullable
    Future<Void> stopped;

    Node(Agent agent, FlakyPort port) {
      this.agent = agent;
      this.port = port;
    }
  }

  /** A batch without a producer, sent once. */
  private record Anonymous(
      String value, PartitionId partition, Agent agent, Future<AppendResult> result) {}
}
