package io.streamhouse.agent;

import io.streamhouse.ErrorCode;
import io.streamhouse.StreamHouseException;
import io.streamhouse.common.PartitionId;
import io.streamhouse.metadata.ProducerState;
import io.streamhouse.metadata.SequenceRun;
import io.streamhouse.record.RecordBatch;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one partition knows of one producer: which sequence comes next, and at which offsets the recent ones are.
 *
 * <p>It runs ahead of the database: a sequence counts as used once its batch has an offset, before it is durable. That
 * is safe because the batch's answer waits for durability, a copy that comes meanwhile waits for the same answer, and
 * when the commit is refused the whole {@link PartitionLog} is thrown away with everything that ran ahead.
 *
 * <p>Runs are how a duplicate's offset is found. At most {@value #IN_FLIGHT_MAX} batches of a producer are in flight,
 * each adds one run, or two where sequences wrap, so the last {@value #RUNS_MAX} runs cover every batch whose answer can have been lost.
 */
final class ProducerSequences {
  /** Most batches of one producer that wait for durability in one partition. */
  static final int IN_FLIGHT_MAX = 64;

  private static final int RUNS_MAX = IN_FLIGHT_MAX + 1;

  private final PartitionId partitionId;
  private final long producerId;
  private final Deque<SequenceRun> runs = new ArrayDeque<>();
  private final Deque<PendingBatch> inFlight = new ArrayDeque<>();
  private int epoch;

  /** A producer that is new to the partition. */
  ProducerSequences(PartitionId partitionId, long producerId, int epoch) {
    this.partitionId = partitionId;
    this.producerId = producerId;
    this.epoch = epoch;
  }

  /** A producer as the database remembers it. */
  ProducerSequences(ProducerState state) {
    this(state.partitionId(), state.producerId(), state.epoch());
    runs.addAll(state.runs());
  }

  /**
   * The answer to a batch that has been seen before, or null when the batch is the next one and may be appended.
   *
   * @throws StreamHouseException when the batch is of an old epoch, leaves a gap, or contradicts what was written
   */
  @Nullable
  Future<AppendResult> answerIfSeen(RecordBatch batch) {
    if (batch.producerEpoch() < epoch) {
      throw StreamHouseException.of(
          ErrorCode.PRODUCER_FENCED,
          "producer " + producerId + " has epoch " + epoch + " in " + partitionId
              + ", this batch has " + batch.producerEpoch() + ": a newer instance has taken over");
    }
    int sequence = batch.baseSequence();
    if (batch.producerEpoch() > epoch || runs.isEmpty()) {
      if (sequence != 0) {
        throw outOfOrder(0, sequence);
      }
      return null;
    }
    int expected = RecordBatch.incrementSequence(runs.getLast().lastSequence(), 1);
    if (sequence == expected) {
      if (inFlight.size() >= IN_FLIGHT_MAX) {
        throw StreamHouseException.of(
            ErrorCode.RESOURCE_EXHAUSTED,
            "producer " + producerId + " has " + IN_FLIGHT_MAX + " batches in flight in "
                + partitionId + ", the most that is allowed");
      }
      return null;
    }
    return answerOf(sequence, batch.recordCount(), expected);
  }

  /** Counts a batch in, at the offset it was given. */
  void append(PendingBatch pending) {
    RecordBatch batch = pending.batch();
    if (batch.producerEpoch() > epoch) {
      epoch = batch.producerEpoch();
      runs.clear();
    }
    long offset = pending.baseOffset();
    int sequence = batch.baseSequence();
    int remaining = batch.recordCount();
    while (remaining > 0) {
      int untilWrap = (int) Math.min(remaining, Integer.MAX_VALUE - sequence + 1L);
      addRun(sequence, untilWrap, offset);
      offset += untilWrap;
      remaining -= untilWrap;
      sequence = 0;
    }
    inFlight.add(pending);
  }

  /** The oldest batches of this producer are durable. */
  void durable(PendingBatch pending) {
    inFlight.remove(pending);
  }

  /** What the database should remember, with everything appended so far. */
  ProducerState snapshot() {
    return new ProducerState(partitionId, producerId, epoch, new ArrayList<>(runs));
  }

  private void addRun(int sequence, int count, long offset) {
    SequenceRun last = runs.peekLast();
    boolean continues = last != null
        && last.lastSequence() + 1L == sequence
        && last.baseOffset() + last.count() == offset;
    if (continues && last != null) {
      runs.removeLast();
      runs.addLast(new SequenceRun(last.baseSequence(), last.count() + count, last.baseOffset()));
    } else {
      runs.addLast(new SequenceRun(sequence, count, offset));
      if (runs.size() > RUNS_MAX) {
        runs.removeFirst();
      }
    }
  }

  private Future<AppendResult> answerOf(int sequence, int count, int expected) {
    for (PendingBatch pending : inFlight) {
      RecordBatch batch = pending.batch();
      if (batch.producerEpoch() == epoch && overlaps(batch, sequence, count)) {
        if (batch.baseSequence() != sequence || batch.recordCount() != count) {
          throw reused(sequence, count);
        }
        return pending.durableAsDuplicate();
      }
    }
    for (Iterator<SequenceRun> newestFirst = runs.descendingIterator(); newestFirst.hasNext(); ) {
      SequenceRun run = newestFirst.next();
      if (sequence >= run.baseSequence() && sequence <= run.lastSequence()) {
        return Future.succeededFuture(offsetIn(run, sequence, count));
      }
    }
    if (isBefore(sequence, runs.getFirst().baseSequence())) {
      throw StreamHouseException.of(
          ErrorCode.DUPLICATE_SEQUENCE,
          "sequence " + sequence + " of producer " + producerId + " was written to " + partitionId
              + " long ago; its offset is no longer remembered");
    }
    throw outOfOrder(expected, sequence);
  }

  private AppendResult offsetIn(SequenceRun run, int sequence, int count) {
    List<SequenceRun> all = List.copyOf(runs);
    long end = run.lastSequence();
    int next = all.indexOf(run) + 1;
    boolean wraps = run.lastSequence() == Integer.MAX_VALUE
        && next < all.size()
        && all.get(next).baseSequence() == 0;
    if (wraps) {
      end += all.get(next).count();
    }
    if (sequence + (count - 1L) > end) {
      throw reused(sequence, count);
    }
    return new AppendResult(run.baseOffset() + (sequence - run.baseSequence()), true);
  }

  /** Whether a batch shares a sequence with a stretch, on the ring of 2³¹. */
  private static boolean overlaps(RecordBatch batch, int sequence, int count) {
    int ahead = (batch.baseSequence() - sequence) & Integer.MAX_VALUE;
    int behind = (sequence - batch.baseSequence()) & Integer.MAX_VALUE;
    return ahead < count || behind < batch.recordCount();
  }

  /** Whether a sequence is behind another on the ring of 2³¹: less than half a turn back. */
  private static boolean isBefore(int sequence, int other) {
    return ((other - sequence) & Integer.MAX_VALUE) < (1 << 30);
  }

  private StreamHouseException outOfOrder(int expected, int given) {
    return StreamHouseException.of(
        ErrorCode.OUT_OF_ORDER_SEQUENCE,
        "producer " + producerId + " in " + partitionId + ": sequence " + given + " came, "
            + expected + " is next");
  }

  private StreamHouseException reused(int sequence, int count) {
    return StreamHouseException.of(
        ErrorCode.INVALID_ARGUMENT,
        "sequence " + sequence + " of producer " + producerId + " in " + partitionId
            + " was used for another batch than this one of " + count + " records");
  }
}
