package io.streamhouse.agent;

import io.streamhouse.record.RecordBatch;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * The latest durable batches of the partitions led here, for readers at the tail: as many bytes as allowed, the oldest
 * of all partitions leave first. What a log has in here ends at its committed end and has no gaps.
 *
 * <p>Confined to the agent's event loop.
 */
final class TailCache {
  private final long bytesMax;
  private final Deque<Entry> oldestFirst = new ArrayDeque<>();
  private final Map<PartitionLog, Deque<RecordBatch>> tails = new IdentityHashMap<>();
  private long bytes;

  TailCache(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  /** Takes in batches that have just become durable. */
  void add(PartitionLog log, List<PendingBatch> batches) {
    Deque<RecordBatch> tail = tails.computeIfAbsent(log, key -> new ArrayDeque<>());
    for (PendingBatch pending : batches) {
      tail.add(pending.batch());
      oldestFirst.add(new Entry(log, pending.batch().sizeBytes()));
      bytes += pending.batch().sizeBytes();
    }
    while (bytes > bytesMax) {
      evictOldest();
    }
  }

  /** Forgets a log that is not held any more. */
  void remove(PartitionLog log) {
    Deque<RecordBatch> tail = tails.remove(log);
    if (tail != null) {
      oldestFirst.removeIf(entry -> entry.log == log);
      tail.forEach(batch -> bytes -= batch.sizeBytes());
    }
  }

  /**
   * The batches from the one that holds an offset on.
   *
   * @param bytesMax most bytes; the first batch comes even when it is larger
   * @return empty when the offset is older than what is kept here, or at the end
   */
  List<ByteBuffer> read(PartitionLog log, long offset, int bytesMax) {
    Deque<RecordBatch> tail = tails.get(log);
    if (tail == null || tail.isEmpty() || tail.getFirst().baseOffset() > offset) {
      return List.of();
    }
    List<ByteBuffer> found = new ArrayList<>();
    int size = 0;
    for (RecordBatch batch : tail) {
      if (batch.lastOffset() < offset) {
        continue;
      }
      if (!found.isEmpty() && size + batch.sizeBytes() > bytesMax) {
        break;
      }
      found.add(batch.bytes());
      size += batch.sizeBytes();
    }
    return found;
  }

  private void evictOldest() {
    Entry oldest = oldestFirst.remove();
    bytes -= oldest.bytes;
    Deque<RecordBatch> tail = tails.get(oldest.log);
    if (tail != null) {
      tail.remove();
      if (tail.isEmpty()) {
        tails.remove(oldest.log);
      }
    }
  }

  private record Entry(PartitionLog log, int bytes) {}
}
