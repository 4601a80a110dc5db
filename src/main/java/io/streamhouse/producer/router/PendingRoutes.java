package io.streamhouse.producer.router;

import io.streamhouse.bus.SealedBatch;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Batches that no agent is known for, in the order in which they came, which is the order of their ids. Confined to the
 * router's event loop.
 */
final class PendingRoutes {
  private final Map<Long, SealedBatch> batches = new LinkedHashMap<>();

  void add(SealedBatch batch) {
    batches.put(batch.batchId(), batch);
  }

  boolean isEmpty() {
    return batches.isEmpty();
  }

  /** Takes out everything, in order. */
  List<SealedBatch> takeAll() {
    List<SealedBatch> taken = List.copyOf(batches.values());
    batches.clear();
    return taken;
  }

  /** Takes out what has passed its deadline, in order. */
  List<SealedBatch> takeExpired(long nowNanos) {
    List<SealedBatch> expired = new ArrayList<>();
    for (Iterator<SealedBatch> all = batches.values().iterator(); all.hasNext(); ) {
      SealedBatch batch = all.next();
      if (batch.deadlineNanos() - nowNanos <= 0) {
        all.remove();
        expired.add(batch);
      }
    }
    return expired;
  }

  OptionalLong earliestDeadlineNanos() {
    return batches.values().stream()
        .mapToLong(SealedBatch::deadlineNanos)
        .reduce((left, right) -> left - right < 0 ? left : right);
  }
}
