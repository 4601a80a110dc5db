package io.streamhouse.agent;

import io.streamhouse.StreamHouseException;
import io.streamhouse.common.PartitionId;
import io.streamhouse.metadata.PartitionState;
import io.streamhouse.metadata.ProducerState;
import io.streamhouse.record.RecordBatch;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A partition under one lease: gives offsets, knows what is durable, and knows its producers.
 *
 * <p>States: <em>held</em> until {@link #fence}, then <em>fenced</em> for good. While held, {@code committedEnd <=
 * nextOffset}, and everything between waits for durability. Being fenced fails what waits; the lease, if it is taken
 * again, is another {@code PartitionLog}, loaded anew from the database.
 *
 * <p>Confined to the agent's event loop.
 */
final class PartitionLog {
  private final PartitionId id;
  private final int epoch;
  private final Map<Long, ProducerSequences> producers = new HashMap<>();
  private final Deque<PendingBatch> waiting = new ArrayDeque<>();
  private final Set<Runnable> commitListeners = new LinkedHashSet<>();
  private long nextOffset;
  private long startOffset;
  private long committedEnd;
  private @Nullable StreamHouseException fencedBy;

  /** A lease just taken: where the log ends, and what it remembers of its producers. */
  PartitionLog(PartitionState state, List<ProducerState> producerStates) {
    id = state.id();
    epoch = state.epoch();
    startOffset = state.startOffset();
    nextOffset = state.endOffset();
    committedEnd = state.endOffset();
    for (ProducerState producer : producerStates) {
      producers.put(producer.producerId(), new ProducerSequences(producer));
    }
  }

  PartitionId id() {
    return id;
  }

  int epoch() {
    return epoch;
  }

  long startOffset() {
    return startOffset;
  }

  /** The offset behind the last durable record: what readers may see. */
  long committedEnd() {
    return committedEnd;
  }

  boolean isFenced() {
    return fencedBy != null;
  }

  /**
   * Gives a valid batch its offset, or finds the answer it had before.
   *
   * @return the answer to a batch seen before, or null when the batch is {@code target}'s now
   * @throws StreamHouseException when it may not be appended; nothing has changed then
   */
  @Nullable
  Future<AppendResult> append(RecordBatch batch, List<PendingBatch> target) {
    if (fencedBy != null) {
      throw fencedBy;
    }
    ProducerSequences producer = producerOf(batch);
    if (producer != null) {
      Future<AppendResult> answer = producer.answerIfSeen(batch);
      if (answer != null) {
        return answer;
      }
    }
    batch.stampOffset(nextOffset, epoch);
    PendingBatch pending = new PendingBatch(batch, nextOffset);
    nextOffset += batch.recordCount();
    if (producer != null) {
      producer.append(pending);
      producers.putIfAbsent(batch.producerId(), producer);
    }
    waiting.add(pending);
    target.add(pending);
    return null;
  }

  /** What the database should remember of the producers of these batches. */
  List<ProducerState> snapshots(List<PendingBatch> batches) {
    Set<Long> ids = new LinkedHashSet<>();
    for (PendingBatch pending : batches) {
      if (pending.batch().producerId() >= 0) {
        ids.add(pending.batch().producerId());
      }
    }
    List<ProducerState> states = new ArrayList<>(ids.size());
    for (Long producerId : ids) {
      ProducerSequences producer = producers.get(producerId);
      if (producer != null) {
        states.add(producer.snapshot());
      }
    }
    return states;
  }

  /** The oldest waiting batches are stored and committed: readers see them, their producers are told. */
  void committed(List<PendingBatch> batches) {
    for (PendingBatch pending : batches) {
      if (waiting.poll() != pending) {
        throw new IllegalStateException(
            "batches of " + id + " were committed out of order at offset " + pending.baseOffset());
      }
      committedEnd = pending.baseOffset() + pending.batch().recordCount();
      ProducerSequences producer = producers.get(pending.batch().producerId());
      if (producer != null) {
        producer.durable(pending);
      }
    }
    batches.forEach(PendingBatch::complete);
    notifyListeners();
  }

  /** The lease is gone: everything that waits fails, and nothing more is appended. */
  void fence(StreamHouseException reason) {
    if (fencedBy != null) {
      return;
    }
    fencedBy = reason;
    List<PendingBatch> failed = new ArrayList<>(waiting);
    waiting.clear();
    failed.forEach(pending -> pending.fail(reason));
    notifyListeners();
  }

  /** Calls a listener once, at the next commit or when the lease is lost. */
  void onceCommitted(Runnable listener) {
    commitListeners.add(listener);
  }

  void removeListener(Runnable listener) {
    commitListeners.remove(listener);
  }

  private void notifyListeners() {
    List<Runnable> listeners = new ArrayList<>(commitListeners);
    commitListeners.clear();
    listeners.forEach(Runnable::run);
  }

  private @Nullable ProducerSequences producerOf(RecordBatch batch) {
    if (batch.producerId() < 0) {
      return null;
    }
    ProducerSequences known = producers.get(batch.producerId());
    return known != null
        ? known
        : new ProducerSequences(id, batch.producerId(), batch.producerEpoch());
  }
}
