package io.streamhouse.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamhouse.ErrorCode;
import io.streamhouse.StreamHouseException;
import io.streamhouse.common.PartitionId;
import io.streamhouse.common.Scheduler;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What one producer sends to one partition: batches in order with their sequences, a few in flight. After a failure, or
 * when no answer comes, it goes back to the first batch without an answer and sends from there, perhaps elsewhere.
 */
final class SimulatedLane {
  private static final int IN_FLIGHT_MAX = 6;
  private static final int PATIENCE_MS = 4_000;
  private static final Set<ErrorCode> RETRIABLE = EnumSet.of(
      ErrorCode.NOT_LEADER,
      ErrorCode.UNAVAILABLE,
      ErrorCode.OUT_OF_ORDER_SEQUENCE,
      ErrorCode.RESOURCE_EXHAUSTED);

  final List<Batch> batches = new ArrayList<>();
  /** What agents that are still alive have promised to answer. */
  final List<Sent> sent = new ArrayList<>();

  private final String name;
  private final PartitionId partition;
  private final long producerId;
  private final Scheduler time;
  private final Random random;
  private final Function<@Nullable String, Agent> agents;
  private Agent target;
  private int nextSequence;
  private int nextToSend;
  private int generation;
  private boolean pausing;

  /**
   * Creates a lane.
   *
   * @param agents the agent at an address, or any
   */
  SimulatedLane(
      String name,
      PartitionId partition,
      long producerId,
      Scheduler time,
      Random random,
      Function<@Nullable String, Agent> agents) {
    this.name = name;
    this.partition = partition;
    this.producerId = producerId;
    this.time = time;
    this.random = random;
    this.agents = agents;
    this.target = agents.apply(null);
  }

  /** One more batch to send. */
  void produce() {
    List<String> values = new ArrayList<>();
    int count = 1 + random.nextInt(3);
    for (int i = 0; i < count; i++) {
      values.add(name + ":" + (nextSequence + i));
    }
    batches.add(new Batch(nextSequence, values));
    nextSequence += count;
    sendMore();
  }

  boolean isDone() {
    return batches.stream().allMatch(batch -> batch.offset >= 0);
  }

  PartitionId partition() {
    return partition;
  }

  private void sendMore() {
    while (!pausing && nextToSend < batches.size() && inFlight() < IN_FLIGHT_MAX) {
      send(batches.get(nextToSend++));
    }
  }

  private long inFlight() {
    return batches.subList(0, nextToSend).stream()
        .filter(batch -> batch.offset < 0)
        .count();
  }

  private void send(Batch batch) {
    int sentIn = generation;
    Future<AppendResult> result = target.append(
        partition,
        AgentHarness.batch(producerId, 0, batch.sequence, batch.values.toArray(String[]::new)));
    sent.add(new Sent(target, result));
    result.onComplete(answer -> receive(batch, sentIn, answer));
    time.schedule(PATIENCE_MS, () -> {
      if (!result.isComplete() && sentIn == generation) {
        goBack(null);
      }
    });
  }

  private void receive(Batch batch, int sentIn, AsyncResult<AppendResult> answer) {
    if (answer.succeeded()) {
      long offset = answer.result().baseOffset();
      assertThat(batch.offset).as("%s, answered again", batch).isIn(-1L, offset);
      batch.offset = offset;
      sendMore();
      return;
    }
    StreamHouseException failure = (StreamHouseException) answer.cause();
    assertThat(failure.code()).as("%s: %s", batch, failure.getMessage()).isIn(RETRIABLE);
    if (sentIn == generation) {
      goBack(failure.holderAddress().orElse(null));
    }
  }

  private void goBack(@Nullable String holder) {
    generation++;
    pausing = true;
    time.schedule(random.nextInt(200), () -> {
      pausing = false;
      if (holder != null || random.nextBoolean()) {
        target = agents.apply(holder);
      }
      nextToSend = 0;
      while (nextToSend < batches.size() && batches.get(nextToSend).offset >= 0) {
        nextToSend++;
      }
      sendMore();
    });
  }

  /** A promise of an agent. */
  record Sent(Agent agent, Future<AppendResult> result) {}

  /** A batch and, once it is acknowledged, its offset. */
  static final class Batch {
    final int sequence;
    final List<String> values;
    long offset = -1;

    Batch(int sequence, List<String> values) {
      this.sequence = sequence;
      this.values = values;
    }

    @Override
    public String toString() {
      return values + " at offset " + offset;
    }
  }
}
