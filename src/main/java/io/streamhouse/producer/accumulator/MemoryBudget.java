package io.streamhouse.producer.accumulator;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds what a producer keeps. Two bounds of the same size: records <em>inside</em> ({@code bufferMemoryBytes}, from
 * the accumulator to the acknowledgement), and records <em>outside</em> that wait for room. What exceeds both is
 * refused at once, so that a caller that never looks back cannot fill the heap.
 *
 * <p>Reservations are made and read on any thread; what is inside is confined to the accumulator's event loop.
 */
final class MemoryBudget {
  /** What a record costs besides its encoded bytes until it is acknowledged: its promise, future and bookkeeping. */
  static final int RECORD_OVERHEAD_BYTES = 96;

  private final long insideMax;
  private final AtomicLong reserved = new AtomicLong();
  private long inside;

  /** Creates a budget of that many bytes inside, and as many outside. */
  MemoryBudget(long insideMax) {
    this.insideMax = insideMax;
  }

  long insideMax() {
    return insideMax;
  }

  /** Reserves memory for a record, inside or outside; any thread. */
  boolean tryReserve(long bytes) {
    if (reserved.addAndGet(bytes) <= 2 * insideMax) {
      return true;
    }
    reserved.addAndGet(-bytes);
    return false;
  }

  /** Gives back the reservation of a record that never came inside; any thread. */
  void cancel(long bytes) {
    reserved.addAndGet(-bytes);
  }

  /** Lets a record with a reservation inside, if there is room. One that is larger than the budget goes alone. */
  boolean tryEnter(long bytes) {
    if (inside > 0 && inside + bytes > insideMax) {
      return false;
    }
    inside += bytes;
    return true;
  }

  /** A record inside has come to its end. */
  void leave(long bytes) {
    inside -= bytes;
    reserved.addAndGet(-bytes);
  }

  /** All reservations, inside and outside; any thread. */
  long reservedBytes() {
    return reserved.get();
  }
}
