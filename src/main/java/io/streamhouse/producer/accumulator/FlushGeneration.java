package io.streamhouse.producer.accumulator;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The records accepted between two flushes. Everything but the count is confined to the accumulator's event loop; the
 * count falls on the threads that complete the records' futures, so that a flush never overtakes a future it covers.
 */
final class FlushGeneration {
  private final AtomicLong unfinished = new AtomicLong();
  private final List<FlushRequest> requests = new ArrayList<>();
  private volatile boolean flushed;

  void accepted() {
    unfinished.incrementAndGet();
  }

  /** Returns whether a flush may be over now. Any thread. */
  boolean finished(int records) {
    return unfinished.addAndGet(-records) == 0 && flushed;
  }

  /** No record comes in any more: a flush covers those that are here. */
  void flushedBy(FlushRequest request) {
    requests.add(request);
    flushed = true;
  }

  boolean isFlushed() {
    return flushed;
  }

  boolean isOver() {
    return flushed && unfinished.get() == 0;
  }

  List<FlushRequest> requests() {
    return requests;
  }
}
