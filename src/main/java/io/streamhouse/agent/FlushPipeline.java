package io.streamhouse.agent;

import io.streamhouse.common.Scheduler;
import io.streamhouse.record.RecordBatch;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The way from appended batches to durable ones, for one session: collects batches of all partitions, closes a segment
 * when it is large or old enough, stores several at once, and commits them in the order in which they were closed.
 *
 * <p>A segment is a {@link Flight}: <em>uploading</em> → <em>stored</em> → committed (and gone). Only the leading stored
 * flights are committed, together, in one transaction: a partition's batches lie in several flights, and its offsets
 * must reach the log without a gap. When a commit's outcome is unknown, it is settled before any later one starts;
 * when it turns out not to have happened and never to happen, the same batches fly again under a new key, at the same
 * place in the order.
 *
 * <p>Confined to the agent's event loop.
 */
final class FlushPipeline {
  private final Scheduler scheduler;
  private final SegmentUploader uploader;
  private final SegmentCommitter committer;
  private final MemoryGate memory;
  private final AgentOptions options;
  private final SegmentFactory segments;
  private final Deque<Flight> flights = new ArrayDeque<>();
  private OpenSegment open = new OpenSegment();
  private int uploading;
  private long lastCloseNanos;
  private boolean committing;
  private boolean aborted;
  private Scheduler.@Nullable Task timer;
  private @Nullable Promise<Void> drained;

  FlushPipeline(
      Scheduler scheduler,
      SegmentUploader uploader,
      SegmentCommitter committer,
      MemoryGate memory,
      AgentOptions options,
      SegmentFactory segments) {
    this.scheduler = scheduler;
    this.uploader = uploader;
    this.committer = committer;
    this.memory = memory;
    this.options = options;
    this.segments = segments;
    this.lastCloseNanos = scheduler.nanoTime() - options.getFlushIntervalMs() * 1_000_000L;
  }

  /**
   * Appends a valid batch to a log.
   *
   * @return its offset, once it is durable; the earlier answer for a batch seen before
   * @throws io.streamhouse.StreamHouseException when the log refuses it
   */
  Future<AppendResult> append(PartitionLog log, RecordBatch batch) {
    List<PendingBatch> target = open.batchesOf(log);
    Future<AppendResult> seen = log.append(batch, target);
    if (seen != null) {
      return seen;
    }
    PendingBatch pending = target.get(target.size() - 1);
    open.added(pending);
    memory.acquire(pending.sizeBytes());
    flushIfDue();
    return pending.durable();
  }

  /** Flushes what there is, without waiting for size or age, and completes when everything is durable or failed. */
  Future<Void> drain() {
    if (drained == null) {
      drained = Promise.promise();
    }
    flushIfDue();
    completeDrain();
    return drained.future();
  }

  /** The session is lost: nothing of it can be committed any more. The logs must have been fenced before. */
  void abort() {
    aborted = true;
    cancelTimer();
    long held = open.sizeBytes();
    for (Flight flight : flights) {
      held += flight.heldBytes;
    }
    open = new OpenSegment();
    flights.clear();
    memory.release(held);
    completeDrain();
  }

  private void flushIfDue() {
    while (!aborted && !open.isEmpty() && isDue()) {
      close();
    }
    startUploads();
    armTimer();
  }

  /** Age alone closes a segment only when it can go out at once: while uploads wait, it had better grow. */
  private boolean isDue() {
    if (open.sizeBytes() >= options.getFlushBytesMax() || drained != null) {
      return true;
    }
    return dueInNanos() <= 0 && uploading < options.getUploadsInFlightMax();
  }

  /** At most one flush in an interval by age: at once when the last is long ago, which keeps a lone record's wait short. */
  private long dueInNanos() {
    return lastCloseNanos + options.getFlushIntervalMs() * 1_000_000L - scheduler.nanoTime();
  }

  private void armTimer() {
    if (timer == null
        && !open.isEmpty()
        && !aborted
        && uploading < options.getUploadsInFlightMax()) {
      long delayMs = Math.max(1, (dueInNanos() + 999_999) / 1_000_000);
      timer = scheduler.schedule(delayMs, () -> {
        timer = null;
        flushIfDue();
      });
    }
  }

  private void cancelTimer() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }

  private void close() {
    cancelTimer();
    OpenSegment closing = open;
    open = new OpenSegment();
    lastCloseNanos = scheduler.nanoTime();
    List<PartitionFlush> flushes = closing.close();
    if (flushes.isEmpty()) {
      memory.release(closing.sizeBytes());
      return;
    }
    flights.add(new Flight(segments.write(flushes), closing.sizeBytes()));
  }

  private void startUploads() {
    while (!aborted && uploading < options.getUploadsInFlightMax()) {
      Flight next = firstClosed();
      if (next == null) {
        return;
      }
      startUpload(next);
    }
  }

  private @Nullable Flight firstClosed() {
    for (Flight flight : flights) {
      if (flight.state == FlightState.CLOSED) {
        return flight;
      }
    }
    return null;
  }

  private void startUpload(Flight flight) {
    flight.state = FlightState.UPLOADING;
    uploading++;
    ClosedSegment segment = flight.segment;
    uploader.upload(segment, () -> !aborted).onComplete(stored -> {
      uploading--;
      if (aborted) {
        return;
      }
      if (stored.succeeded()) {
        flight.state = FlightState.STORED;
      } else {
        flyAgain(flight);
      }
      flushIfDue();
      commitReady();
    });
  }

  /** The same batches, at the same place in the order, under a key that nobody has used. */
  private void flyAgain(Flight flight) {
    List<PartitionFlush> alive = new ArrayList<>(flight.segment.flushes());
    alive.removeIf(flush -> flush.log().isFenced());
    if (alive.isEmpty()) {
      flights.remove(flight);
      memory.release(flight.heldBytes);
      return;
    }
    flight.segment = segments.write(alive);
    flight.state = FlightState.CLOSED;
  }

  /** Commits from the head only, one transaction after the other: this is what keeps the order of offsets. */
  private void commitReady() {
    if (committing || aborted) {
      return;
    }
    dropDead();
    List<Flight> ready = new ArrayList<>();
    for (Flight flight : flights) {
      if (flight.state != FlightState.STORED || ready.size() == SegmentCommitter.SEGMENTS_MAX) {
        break;
      }
      ready.add(flight);
    }
    if (ready.isEmpty()) {
      completeDrain();
      return;
    }
    committing = true;
    List<ClosedSegment> stored = ready.stream().map(flight -> flight.segment).toList();
    committer.commit(segments.sessionId(), stored, () -> !aborted).onComplete(done -> {
      committing = false;
      if (aborted) {
        return;
      }
      if (done.succeeded() && done.result() == SegmentCommitter.Outcome.SETTLED) {
        ready.forEach(this::land);
      } else {
        ready.forEach(this::flyAgain);
      }
      flushIfDue();
      commitReady();
    });
  }

  /** A stored segment whose leases are all lost has nothing to commit: only its object has to be cleared away. */
  private void dropDead() {
    List<Flight> dead = flights.stream()
        .filter(flight -> flight.state == FlightState.STORED)
        .filter(flight -> flight.segment.chunksToCommit().isEmpty())
        .toList();
    if (!dead.isEmpty()) {
      dead.forEach(this::land);
      committer.discard(
          segments.sessionId(),
          dead.stream().map(flight -> flight.segment.object()).toList());
    }
  }

  private void land(Flight flight) {
    flights.remove(flight);
    memory.release(flight.heldBytes);
  }

  private void completeDrain() {
    if (drained != null && flights.isEmpty() && open.isEmpty()) {
      drained.tryComplete();
    }
  }

  private enum FlightState {
    CLOSED,
    UPLOADING,
    STORED
  }

  private static final class Flight {
    final long heldBytes;
    ClosedSegment segment;
    FlightState state = FlightState.CLOSED;

    Flight(ClosedSegment segment, long heldBytes) {
      this.segment = segment;
      this.heldBytes = heldBytes;
    }
  }
}
