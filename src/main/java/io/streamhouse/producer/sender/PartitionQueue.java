package io.streamhouse.producer.sender;

import io.streamhouse.ErrorCode;
import io.streamhouse.ProducerOptions;
import io.streamhouse.StreamHouseException;
import io.streamhouse.TopicPartition;
import io.streamhouse.bus.BatchAck;
import io.streamhouse.bus.RouteFailure;
import io.streamhouse.bus.SealedBatch;
import io.streamhouse.common.AgentAddress;
import io.streamhouse.common.PartitionId;
import io.streamhouse.common.ProducerIdentity;
import io.streamhouse.common.RetryPolicy;
import io.streamhouse.common.Scheduler;
import io.streamhouse.record.RecordBatch;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A partition's unacknowledged batches, in order. The first ones are <em>in flight</em>: they have a place in the
 * sequence, and go out again, in order and with the same bytes, until they are acknowledged. The others
 * <em>wait</em> for a place in the window of {@code maxInFlightBatchesPerPartition}.
 *
 * <p>States:
 *
 * <ul>
 *   <li><em>READY</em>: what is in flight is with one agent, and batches may follow;
 *   <li><em>BACKING_OFF</em>: something in flight was not taken; when the pause ends, all of it goes out again;
 *   <li><em>AWAITING_IDENTITY</em>: nothing is in flight, and batches wait for a producer identity or a newer epoch.
 * </ul>
 *
 * <p>A batch that is given up leaves a gap in the sequence, behind which agents take nothing. So if it was surely not
 * written, neither was what is in flight behind it: that begins a new sequence under a newer epoch. Otherwise whatever
 * behind it may have been written is given up too. Batches in flight before the gap end first, whichever way; only
 * then does the newer epoch go out, and from then on it fences all late copies.
 *
 * <p>Confined to the sender's event loop.
 */
final class PartitionQueue implements ProducerIdentityKeeper.Waiter {
  /** How it stands with sending. */
  enum State {
    READY,
    BACKING_OFF,
    AWAITING_IDENTITY;

    boolean mayBecome(State next) {
      return this == READY ? next != READY : next == READY;
    }
  }

  /** An agent that refuses the oldest batch as out of order more often than this does not know what was before it. */
  private static final int HEAD_REFUSALS_MAX = 3;

  /** Changes of route that take effect at once; more without any success are two agents that point at each other. */
  private static final int QUICK_REROUTES_MAX = 3;

  private final Shared shared;
  private final PartitionId partitionId;
  private final TopicPartition name;
  private final InFlightBatches inFlight = new InFlightBatches();
  private final Deque<OutgoingBatch> waiting = new ArrayDeque<>();

  private State state = State.READY;
  private AgentAddress agent;
  private long routeRevision;
  private @Nullable ProducerIdentity identity;
  private boolean identityOutdated;
  private int nextSequence;
  private int failuresInARow;
  private int headRefusals;
  private int reroutes;
  private boolean agentLost;
  private @Nullable StreamHouseException lastFailure;
  private Scheduler.@Nullable Task pause;

  /** What all queues of a sender share. */
  record Shared(
      ProducerOptions options,
      Scheduler scheduler,
      RetryPolicy retryPolicy,
      ProducerIdentityKeeper identities,
      SenderPort port) {}

  PartitionQueue(
      Shared shared,
      PartitionId partitionId,
      String topic,
      AgentAddress agent,
      long routeRevision) {
    this.shared = shared;
    this.partitionId = partitionId;
    this.name = new TopicPartition(topic, partitionId.partition());
    this.agent = agent;
    this.routeRevision = routeRevision;
  }

  @Override
  public AgentAddress agent() {
    return agent;
  }

  State state() {
    return state;
  }

  boolean isEmpty() {
    return inFlight.isEmpty() && waiting.isEmpty();
  }

  /** Takes a batch behind all others. */
  void add(SealedBatch batch) {
    waiting.addLast(new OutgoingBatch(batch));
    pump();
  }

  /** The router's choice of agent; an older one than the present changes nothing. */
  void onRoute(AgentAddress chosen, long revision) {
    if (revision <= routeRevision) {
      return;
    }
    routeRevision = revision;
    if (chosen.equals(agent)) {
      return;
    }
    agent = chosen;
    boolean quick = ++reroutes <= QUICK_REROUTES_MAX;
    if (state == State.BACKING_OFF && quick) {
      resume();
    } else if (state == State.READY && !inFlight.isEmpty()) {
      if (quick) {
        resendAll();
      } else {
        backOff();
      }
    }
  }

  /** The agent can be reached again: no need to wait for the end of a pause that its loss began. */
  void onAgentReached(AgentAddress reached) {
    if (state == State.BACKING_OFF && agentLost && reached.equals(agent)) {
      resume();
    }
  }

  void onSuccess(Transmission copy, long baseOffset) {
    OutgoingBatch batch = copy.batch();
    if (batch.isDone() || !copy.isOfPresentStamp()) {
      return;
    }
    inFlight.remove(batch);
    acknowledge(batch, BatchAck.durable(batch.sealed().batchId(), baseOffset));
    progress();
  }

  void onFailure(Transmission copy, StreamHouseException failure) {
    OutgoingBatch batch = copy.batch();
    if (!copy.isWanted()) {
      return;
    }
    if (batch == inFlight.first() || failure.code() != ErrorCode.OUT_OF_ORDER_SEQUENCE) {
      // Behind a batch that is missing all are out of order: that explains nothing.
      lastFailure = failure;
    }
    switch (FailureKind.of(failure.code())) {
      case REROUTE -> {
        report(failure);
        retry(batch, failure);
      }
      case REWIND -> rewind(batch);
      case RETRY -> {
        if (failure.code() == ErrorCode.UNAVAILABLE) {
          report(failure);
        }
        retry(batch, failure);
      }
      case WRITTEN -> {
        inFlight.remove(batch);
        fail(batch, failure, true);
        progress();
      }
      case NEW_IDENTITY -> {
        if (identity != null) {
          shared.identities.forget(identity);
        }
        restartSequence(batch);
      }
      case FENCED -> {
        fenced(failure);
        giveUp(batch, failure);
      }
      case PARTITION -> giveUpAll(batch, failure);
      case BATCH -> giveUp(batch, failure);
    }
  }

  /** The way to the agent is gone, and with it the copy. */
  void onLost(Transmission copy, StreamHouseException failure) {
    if (!copy.isWanted()) {
      return;
    }
    lastFailure = failure;
    if (FailureKind.of(failure.code()) == FailureKind.PARTITION) {
      giveUpAll(copy.batch(), failure);
      return;
    }
    agentLost = true;
    if (state == State.READY) {
      report(failure);
    }
    retry(copy.batch(), failure);
  }

  @Override
  public void onIdentity(ProducerIdentity newer) {
    if (state == State.AWAITING_IDENTITY) {
      become(State.READY);
      adopt(newer);
      pump();
    }
  }

  @Override
  public void onIdentityRefused(StreamHouseException failure) {
    if (state != State.AWAITING_IDENTITY) {
      return;
    }
    become(State.READY);
    if (FailureKind.of(failure.code()) == FailureKind.FENCED) {
      fenced(failure);
    }
    failWaiting(failure);
  }

  @Override
  public void onIdentityDelayed(AgentAddress asked, StreamHouseException failure) {
    lastFailure = failure;
    if (asked.equals(agent)) {
      report(failure);
    }
  }

  /** Fails what has passed its deadline, and sends again what has had no answer for too long. */
  void tick(long nowNanos) {
    OutgoingBatch oldest = inFlight.first();
    boolean lost = oldest != null && isExpired(oldest, nowNanos);
    if (lost) {
      failInFlight(deliveryTimeout());
    }
    while (!waiting.isEmpty() && isExpired(waiting.getFirst(), nowNanos)) {
      fail(waiting.removeFirst(), deliveryTimeout(), false);
    }
    if (lost) {
      afterLoss();
    }
    resendOverdue(nowNanos);
  }

  /** Fails everything: nothing can be sent any more. */
  void close(StreamHouseException failure) {
    failInFlight(failure);
    failWaiting(failure);
    cancelPause();
  }

  private void pump() {
    if (state != State.READY || waiting.isEmpty()) {
      return;
    }
    if (identity == null || identityOutdated) {
      if (!inFlight.isEmpty()) {
        return;
      }
      ProducerIdentity newer = shared.identities.newerThan(identity);
      if (newer == null) {
        become(State.AWAITING_IDENTITY);
        shared.identities.await(this);
        return;
      }
      adopt(newer);
    }
    while (!waiting.isEmpty()
        && identity != null
        && inFlight.size() < shared.options.getMaxInFlightBatchesPerPartition()) {
      OutgoingBatch batch = waiting.removeFirst();
      batch.stamp(identity, nextSequence);
      nextSequence = RecordBatch.incrementSequence(nextSequence, batch.sealed().recordCount());
      inFlight.add(batch);
      transmit(batch);
    }
  }

  private void adopt(ProducerIdentity newer) {
    identity = newer;
    identityOutdated = false;
    nextSequence = 0;
  }

  private void transmit(OutgoingBatch batch) {
    Transmission copy = new Transmission(shared.port.nextCorrelationId(), batch, this);
    batch.transmittedAs(copy);
    shared.port.linkTo(agent).send(copy);
  }

  private void resendAll() {
    inFlight.forEach(this::transmit);
  }

  private void progress() {
    failuresInARow = 0;
    headRefusals = 0;
    reroutes = 0;
    lastFailure = null;
    afterLoss();
  }

  /** Something has left what is in flight: a pause may have lost its reason, and there may be room. */
  private void afterLoss() {
    if (state == State.BACKING_OFF && inFlight.isEmpty()) {
      resume();
    } else {
      pump();
    }
  }

  private void rewind(OutgoingBatch batch) {
    boolean head = batch == inFlight.first();
    if (head && ++headRefusals > HEAD_REFUSALS_MAX) {
      restartSequence(batch);
    } else {
      backOff();
    }
  }

  /** Two producers with one name must not take it from each other in turn: the older one stops for good. */
  private void fenced(StreamHouseException failure) {
    if (shared.options.getProducerName() != null) {
      shared.port.fenced(failure);
    }
  }

  private void retry(OutgoingBatch batch, StreamHouseException failure) {
    if (batch.attempts() > shared.options.getRetriesMax()) {
      giveUp(
          batch,
          StreamHouseException.of(
              failure.code(),
              "given up after " + batch.attempts() + " attempts: " + failure.getMessage(),
              failure));
    } else {
      backOff();
    }
  }

  private void backOff() {
    if (state != State.READY) {
      return;
    }
    become(State.BACKING_OFF);
    long delayMs = shared.retryPolicy.delayMs(failuresInARow++);
    pause = shared.scheduler.schedule(delayMs, this::resume);
  }

  private void resume() {
    cancelPause();
    agentLost = false;
    become(State.READY);
    resendAll();
    pump();
  }

  private void cancelPause() {
    if (pause != null) {
      pause.cancel();
      pause = null;
    }
  }

  private void resendOverdue(long nowNanos) {
    OutgoingBatch oldest = inFlight.first();
    Transmission copy = oldest == null ? null : oldest.current();
    long timeoutMs = shared.options.getRequestTimeoutMs();
    if (oldest != null
        && copy != null
        && state == State.READY
        && copy.isOverdue(nowNanos, TimeUnit.MILLISECONDS.toNanos(timeoutMs))) {
      StreamHouseException failure = StreamHouseException.unknownOutcome(
          ErrorCode.TIMEOUT,
          agent + " did not answer within requestTimeoutMs (" + timeoutMs + " ms)",
          null);
      lastFailure = failure;
      report(failure);
      retry(oldest, failure);
    }
  }

  /** Begins a new sequence with this batch, as far as neither it nor those behind it can have been written. */
  private void restartSequence(OutgoingBatch from) {
    boolean gap = !from.mayHaveBeenWritten();
    StreamHouseException reason = StreamHouseException.of(
        ErrorCode.OUT_OF_ORDER_SEQUENCE,
        "the agents have lost track of this producer's sequence"
            + (lastFailure == null ? "" : ": " + lastFailure.getMessage()));
    renumber(inFlight.takeFrom(from), gap, reason);
    backOff();
  }

  private void giveUp(OutgoingBatch lost, StreamHouseException failure) {
    List<OutgoingBatch> affected = inFlight.takeFrom(lost);
    if (affected.isEmpty()) {
      return;
    }
    boolean gap = !lost.mayHaveBeenWritten();
    fail(affected.remove(0), failure, !gap);
    renumber(affected, gap, failure);
    afterLoss();
  }

  private void renumber(
      List<OutgoingBatch> affected, boolean noneWritten, StreamHouseException failure) {
    List<OutgoingBatch> kept = new ArrayList<>();
    for (OutgoingBatch batch : affected) {
      if (noneWritten || !batch.mayHaveBeenWritten()) {
        batch.unstamp();
        kept.add(batch);
      } else {
        fail(batch, failure, true);
      }
    }
    Collections.reverse(kept);
    kept.forEach(waiting::addFirst);
    identityOutdated = true;
  }

  private void giveUpAll(OutgoingBatch refused, StreamHouseException failure) {
    boolean gap = !refused.mayHaveBeenWritten();
    List<OutgoingBatch> behind = inFlight.takeFrom(refused);
    failInFlight(failure);
    behind.forEach(batch -> fail(batch, failure, !gap && batch.mayHaveBeenWritten()));
    failWaiting(failure);
    afterLoss();
  }

  /** Whatever comes next begins a new sequence. */
  private void failInFlight(StreamHouseException failure) {
    inFlight.takeAll().forEach(batch -> fail(batch, failure, batch.mayHaveBeenWritten()));
    identityOutdated = true;
  }

  private void failWaiting(StreamHouseException failure) {
    for (OutgoingBatch batch; (batch = waiting.poll()) != null; ) {
      fail(batch, failure, false);
    }
  }

  private void fail(OutgoingBatch batch, StreamHouseException failure, boolean perhapsWritten) {
    String message = name + ": " + failure.getMessage();
    acknowledge(
        batch,
        BatchAck.failed(
            batch.sealed().batchId(),
            perhapsWritten
                ? StreamHouseException.unknownOutcome(failure.code(), message, failure)
                : StreamHouseException.of(failure.code(), message, failure)));
  }

  private void acknowledge(OutgoingBatch batch, BatchAck ack) {
    batch.done();
    shared.port.acknowledge(ack);
  }

  private void report(StreamHouseException failure) {
    shared.port.report(new RouteFailure(partitionId, name.topic(), agent, failure));
  }

  private StreamHouseException deliveryTimeout() {
    return StreamHouseException.of(
        ErrorCode.DELIVERY_TIMEOUT,
        "not acknowledged within deliveryTimeoutMs ("
            + shared.options.getDeliveryTimeoutMs() + " ms)"
            + (lastFailure == null ? "" : ": " + lastFailure.getMessage()));
  }

  private static boolean isExpired(OutgoingBatch batch, long nowNanos) {
    return batch.sealed().deadlineNanos() - nowNanos <= 0;
  }

  private void become(State next) {
    if (!state.mayBecome(next)) {
      throw new IllegalStateException(name + ": " + state + " cannot become " + next);
    }
    state = next;
  }
}
