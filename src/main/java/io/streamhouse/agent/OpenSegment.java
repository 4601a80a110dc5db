package io.streamhouse.agent;

import io.streamhouse.common.PartitionId;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The flush buffer: batches of all partitions that wait for the next object. Grouped by lease, not by partition: after
 * a lease was lost and taken again, batches of both can lie here, and only the new ones may be written.
 */
final class OpenSegment {
  private final Map<PartitionLog, List<PendingBatch>> batches = new IdentityHashMap<>();
  private long sizeBytes;

  /** Where a log's batches are to be added; tell {@link #added} afterwards. */
  List<PendingBatch> batchesOf(PartitionLog log) {
    return batches.computeIfAbsent(log, key -> new ArrayList<>());
  }

  void added(PendingBatch pending) {
    sizeBytes += pending.sizeBytes();
  }

  /** Bytes of the batches in here, fenced ones included. */
  long sizeBytes() {
    return sizeBytes;
  }

  boolean isEmpty() {
    return sizeBytes == 0;
  }

  /** What is to be written, in the order of partitions; leases lost meanwhile are left out. */
  List<PartitionFlush> close() {
    TreeMap<PartitionId, PartitionFlush> flushes = new TreeMap<>();
    batches.forEach((log, pending) -> {
      if (!log.isFenced() && !pending.isEmpty()) {
        flushes.put(log.id(), new PartitionFlush(log, pending, log.snapshots(pending)));
      }
    });
    return List.copyOf(flushes.values());
  }
}
