package io.streamhouse.producer.accumulator;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Knows which records a flush waits for: all that were accepted before it, wherever they are now. Records belong to
 * generations, a flush ends the youngest, and is over when its own and all older ones are. Confined to the
 * accumulator's event loop.
 */
final class FlushTracker {
  private final Deque<FlushGeneration> generations = new ArrayDeque<>();

  FlushTracker() {
    generations.add(new FlushGeneration());
  }

  void accept(PendingRecord record) {
    FlushGeneration youngest = generations.getLast();
    youngest.accepted();
    record.acceptedIn(youngest);
  }

  void flush(FlushRequest request) {
    generations.getLast().flushedBy(request);
    generations.addLast(new FlushGeneration());
  }

  /** Takes out the flushes that are over, oldest first. */
  List<FlushRequest> takeOver() {
    List<FlushRequest> over = new ArrayList<>();
    while (generations.getFirst().isOver()) {
      over.addAll(generations.removeFirst().requests());
    }
    return over;
  }
}
