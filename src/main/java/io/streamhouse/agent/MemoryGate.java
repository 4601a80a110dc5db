package io.streamhouse.agent;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Bounds the bytes that an agent holds and that are not durable yet. Sources ask {@link #isFull()} before they read
 * more, and wait for {@link #whenOpen} otherwise; so the bound is exceeded by at most one message of each source.
 */
final class MemoryGate {
  private final long bytesMax;
  private final Deque<Runnable> waiters = new ArrayDeque<>();
  private long bytes;

  MemoryGate(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  void acquire(long count) {
    bytes += count;
  }

  void release(long count) {
    bytes -= count;
    while (!isFull() && !waiters.isEmpty()) {
      waiters.remove().run();
    }
  }

  boolean isFull() {
    return bytes >= bytesMax;
  }

  long bytes() {
    return bytes;
  }

  /** Runs once there is room again. */
  void whenOpen(Runnable waiter) {
    waiters.add(waiter);
  }
}
