package io.streamhouse.producer.accumulator;

import io.streamhouse.RecordMetadata;
import io.streamhouse.StreamHouseException;
import io.streamhouse.bus.SealedBatch;
import io.vertx.core.Context;
import io.vertx.core.Handler;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Completes callers' futures on the contexts they came from: one turn per batch and context, never one per record.
 * Records that came from no context complete on the accumulator's, in a turn of their own, so that no caller's handler
 * runs inside the accumulator.
 */
final class Completions {
  private final @Nullable Context own;
  private final Runnable flushMayBeOver;

  /**
   * Creates it.
   *
   * @param own the accumulator's context; null while there is none: everything completes on the calling thread
   * @param flushMayBeOver called on the accumulator's context when the last record of a flush is completed
   */
  Completions(@Nullable Context own, Runnable flushMayBeOver) {
    this.own = own;
    this.flushMayBeOver = flushMayBeOver;
  }

  void succeed(ClosedBatch batch, long baseOffset) {
    dispatch(batch.records(), new Outcome(batch.sealed(), baseOffset, null));
  }

  void fail(List<PendingRecord> records, StreamHouseException failure) {
    dispatch(records, new Outcome(null, -1, failure));
  }

  void flushed(FlushRequest request) {
    run(request.context, v -> request.promise.complete());
  }

  private void dispatch(List<PendingRecord> records, Outcome outcome) {
    if (records.isEmpty()) {
      return;
    }
    Context first = records.get(0).context;
    boolean oneContext = true;
    for (PendingRecord record : records) {
      oneContext &= record.context == first;
    }
    if (oneContext) {
      new Group(first, records, null, outcome).dispatch();
      return;
    }
    Map<Object, List<Integer>> positions = new IdentityHashMap<>();
    for (int i = 0; i < records.size(); i++) {
      Context context = records.get(i).context;
      positions
          .computeIfAbsent(context == null ? this : context, c -> new ArrayList<>())
          .add(i);
    }
    positions.forEach((context, of) ->
        new Group(context == this ? null : (Context) context, records, of, outcome).dispatch());
  }

  /** Runs a task on a context; where that no longer takes any, or there is none, on the accumulator's. */
  private void run(@Nullable Context wanted, Handler<Void> task) {
    for (Context context : new Context[] {wanted, own}) {
      if (context != null && accepts(context, task)) {
        return;
      }
    }
    task.handle(null);
  }

  private static boolean accepts(Context context, Handler<Void> task) {
    try {
      context.runOnContext(task);
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }

  private record Outcome(
      @Nullable SealedBatch batch, long baseOffset, @Nullable StreamHouseException failure) {
    void apply(PendingRecord record, int position) {
      if (batch != null) {
        record.promise.complete(new RecordMetadata(
            batch.topic(),
            batch.partitionId().partition(),
            baseOffset + position,
            record.timestampMs));
      } else if (failure != null) {
        record.promise.fail(failure);
      }
    }
  }

  /** The records of one outcome and one context. Only one thread at a time works on it: that of its context. */
  private final class Group implements Handler<Void> {
    private final @Nullable Context context;
    private final List<PendingRecord> records;
    private final @Nullable List<Integer> positions;
    private final Outcome outcome;
    private int next;

    Group(
        @Nullable Context context,
        List<PendingRecord> records,
        @Nullable List<Integer> positions,
        Outcome outcome) {
      this.context = context;
      this.records = records;
      this.positions = positions;
      this.outcome = outcome;
    }

    void dispatch() {
      run(context, this);
    }

    @Override
    public void handle(@Nullable Void v) {
      int size = positions == null ? records.size() : positions.size();
      try {
        while (next < size) {
          int position = position(next++);
          outcome.apply(records.get(position), position);
        }
      } finally {
        // A caller's handler may throw: that goes to its context's exception handler, and the
        // others are owed their
        // answers all the same.
        if (next < size) {
          dispatch();
        } else {
          finish(size);
        }
      }
    }

    private int position(int index) {
      return positions == null ? index : positions.get(index);
    }

    private void finish(int size) {
      int index = 0;
      while (index < size) {
        FlushGeneration generation = records.get(position(index)).generation();
        int end = index + 1;
        while (end < size && records.get(position(end)).generation() == generation) {
          end++;
        }
        if (generation.finished(end - index)) {
          run(own, v -> flushMayBeOver.run());
        }
        index = end;
      }
    }
  }
}
