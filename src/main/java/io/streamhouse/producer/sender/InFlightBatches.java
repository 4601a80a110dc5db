package io.streamhouse.producer.sender;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A partition's batches that have a place in the sequence and no acknowledgement yet, in the order of the sequence. */
final class InFlightBatches implements Iterable<OutgoingBatch> {
  private final Deque<OutgoingBatch> batches = new ArrayDeque<>();

  void add(OutgoingBatch batch) {
    batches.addLast(batch);
  }

  int size() {
    return batches.size();
  }

  boolean isEmpty() {
    return batches.isEmpty();
  }

  /** The oldest; null when there is none. */
  @Nullable
  OutgoingBatch first() {
    return batches.peekFirst();
  }

  void remove(OutgoingBatch batch) {
    batches.removeFirstOccurrence(batch);
  }

  /** Takes out everything, in order. */
  List<OutgoingBatch> takeAll() {
    List<OutgoingBatch> taken = new ArrayList<>(batches);
    batches.clear();
    return taken;
  }

  /** Takes out a batch and all behind it, in order. */
  List<OutgoingBatch> takeFrom(OutgoingBatch batch) {
    List<OutgoingBatch> taken = new ArrayList<>();
    for (Iterator<OutgoingBatch> all = batches.iterator(); all.hasNext(); ) {
      OutgoingBatch next = all.next();
      if (next == batch || !taken.isEmpty()) {
        all.remove();
        taken.add(next);
      }
    }
    return taken;
  }

  @Override
  public Iterator<OutgoingBatch> iterator() {
    return batches.iterator();
  }
}
