package io.streamhouse.producer.sender;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamhouse.ErrorCode;
import io.streamhouse.ProducerOptions;
import io.streamhouse.StreamHouseException;
import io.streamhouse.bus.BatchAck;
import io.streamhouse.producer.sender.SenderHarness.Sent;
import io.streamhouse.record.RecordBatch;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/**
 * Drives the sender with random agents on virtual time. The agents behind both addresses share one log per partition
 * and check sequences as real ones do; they answer late, lose answers, refuse for no reason, and forget nothing.
 */
class SenderPropertyTest {
  private static final ErrorCode[] REFUSALS = {
    ErrorCode.UNAVAILABLE,
    ErrorCode.NOT_LEADER,
    ErrorCode.TIMEOUT,
    ErrorCode.RESOURCE_EXHAUSTED,
    ErrorCode.CORRUPT_BATCH,
    ErrorCode.INVALID_ARGUMENT
  };

  /** What the agents know of one partition; one producer id at a time is enough, as ids are never given up here. */
  private static final class Log {
    final List<Long> batches = new ArrayList<>();
    final Map<Integer, Long> offsets = new HashMap<>();
    final Set<Long> written = new HashSet<>();
    int epoch;
    int next;
    long end;
  }

  /** A whole run. */
  private static final class World {
    final Random random;
    final SenderHarness sender;
    final Map<Integer, Log> logs = new HashMap<>();
    final Map<Long, Integer> partitions = new HashMap<>();
    final Map<Long, Integer> sizes = new HashMap<>();
    final Map<String, ByteBuffer> bytesByStamp = new HashMap<>();
    final Deque<Sent> onTheirWay = new ArrayDeque<>();
    int seen;

    World(long seed) {
      random = new Random(seed);
      sender = new SenderHarness(
          new ProducerOptions()
              .setDeliveryTimeoutMs(3_000)
              .setRequestTimeoutMs(1_000)
              .setRetryBackoffMs(20)
              .setRetryBackoffMaxMs(200)
              .setMaxInFlightBatchesPerPartition(1 + random.nextInt(8)),
          max -> (long) (random.nextDouble() * (max + 1)));
    }

    void run(int steps) {
      for (int i = 0; i < steps; i++) {
        step(true);
      }
      for (int i = 0; i < 20_000 && sender.core.unacknowledged() > 0; i++) {
        step(false);
      }
    }

    private void step(boolean load) {
      int dice = random.nextInt(100);
      if (dice < 25 && load) {
        int partition = random.nextInt(3);
        int size = 1 + random.nextInt(5);
        // The id is known before the sender has it: batches are numbered in order.
        long id = sender.batch(partition, size, agent());
        partitions.put(id, partition);
        sizes.put(id, size);
      } else if (dice < 30) {
        sender.route(random.nextInt(3), agent());
      } else if (dice < 45) {
        sender.time.advanceMs(random.nextInt(200));
      } else {
        answer();
      }
      collect();
    }

    private io.streamhouse.common.AgentAddress agent() {
      return random.nextBoolean() ? SenderHarness.A : SenderHarness.B;
    }

    /** Looks at what has gone out: the same place in the sequence always has the same bytes. */
    private void collect() {
      for (; seen < sender.wire.size(); seen++) {
        Sent sent = sender.wire.get(seen);
        String stamp =
            sent.copy().batch().sealed().partitionId() + "/" + sent.epoch() + "/" + sent.sequence();
        ByteBuffer before = bytesByStamp.putIfAbsent(stamp, sent.bytes());
        assertThat(before == null || before.equals(sent.bytes()))
            .as("two batches at " + stamp)
            .isTrue();
        onTheirWay.add(sent);
      }
    }

    private void answer() {
      if (onTheirWay.isEmpty()) {
        return;
      }
      // Mostly in order; a copy that went to another agent may arrive any time, even long after its
      // batch is over.
      Sent sent = onTheirWay.poll();
      if (random.nextInt(10) == 0) {
        onTheirWay.addLast(sent);
        return;
      }
      int dice = random.nextInt(100);
      if (dice < 15) {
        ErrorCode code = REFUSALS[random.nextInt(REFUSALS.length)];
        sent.copy().fail(StreamHouseException.of(code, "on purpose"));
      } else if (dice < 25) {
        lose(sent);
      } else if (dice < 33) {
        append(sent);
        lose(sent);
      } else {
        StreamHouseException refusal = append(sent);
        if (refusal == null) {
          sent.copy().succeed(log(sent).offsets.get(sent.sequence()));
        } else {
          sent.copy().fail(refusal);
        }
      }
      sender.time.settle();
    }

    private void lose(Sent sent) {
      sent.copy().lose(StreamHouseException.unknownOutcome(ErrorCode.UNAVAILABLE, "cut", null));
    }

    private Log log(Sent sent) {
      return logs.computeIfAbsent(
          sent.copy().batch().sealed().partitionId().partition(), partition -> new Log());
    }

    private StreamHouseException append(Sent sent) {
      Log log = log(sent);
      if (sent.epoch() < log.epoch) {
        return StreamHouseException.of(ErrorCode.PRODUCER_FENCED, "fenced");
      }
      int expected = sent.epoch() > log.epoch ? 0 : log.next;
      if (sent.sequence() != expected) {
        boolean known = sent.epoch() == log.epoch && log.offsets.containsKey(sent.sequence());
        return known
            ? null
            : StreamHouseException.of(ErrorCode.OUT_OF_ORDER_SEQUENCE, expected + " is next");
      }
      if (sent.epoch() > log.epoch) {
        log.epoch = sent.epoch();
        log.offsets.clear();
      }
      int records = RecordBatch.at(sent.bytes(), 0).recordCount();
      log.offsets.put(sent.sequence(), log.end);
      log.next = sent.sequence() + records;
      log.end += records;
      assertThat(log.written.add(sent.batchId())).as("written twice").isTrue();
      log.batches.add(sent.batchId());
      return null;
    }
  }

  @Property(tries = 400)
  void everyBatchEndsOnceAndTheLogKeepsTheProducersOrder(
      @ForAll long seed, @ForAll @IntRange(min = 10, max = 400) int steps) {
    World world = new World(seed);
    world.run(steps);

    assertThat(world.sender.core.unacknowledged()).isZero();
    assertThat(world.sender.acks.keySet()).isEqualTo(world.partitions.keySet());
    for (Map.Entry<Long, BatchAck> entry : world.sender.acks.entrySet()) {
      Log log = world.logs.getOrDefault(world.partitions.get(entry.getKey()), new Log());
      boolean written = log.written.contains(entry.getKey());
      StreamHouseException failure = entry.getValue().failure();
      if (failure == null) {
        assertThat(written).as("acknowledged and not in the log").isTrue();
      } else if (!failure.mayHaveBeenWritten()) {
        assertThat(written).as("surely not written, and in the log: " + failure).isFalse();
      }
    }
    world.logs.values().forEach(log -> assertThat(log.batches).isSorted());
  }

  @Property(tries = 200)
  void sequencesOfAnEpochHaveNoGaps(
      @ForAll long seed, @ForAll @IntRange(min = 10, max = 300) int steps) {
    World world = new World(seed);
    world.run(steps);

    Map<String, Integer> next = new HashMap<>();
    for (Sent sent : world.sender.wire) {
      String key = sent.copy().batch().sealed().partitionId() + "/" + sent.epoch();
      int records = RecordBatch.at(sent.bytes(), 0).recordCount();
      int expected = next.getOrDefault(key, 0);
      assertThat(sent.sequence()).isLessThanOrEqualTo(expected);
      next.put(key, Math.max(expected, sent.sequence() + records));
    }
  }
}
