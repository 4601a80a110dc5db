package io.streamhouse.consumer;

import io.streamhouse.common.Scheduler;
import java.util.Comparator;
import java.util.PriorityQueue;

/** Time that passes only when a test says so. */
final class VirtualTime implements Scheduler {
  private final PriorityQueue<Due> tasks =
      new PriorityQueue<>(Comparator.comparingLong(Due::atMs).thenComparingLong(Due::order));
  private long nowMs = 1_000;
  private long scheduled;

  private record Due(long atMs, long order, Runnable task) {}

  @Override
  public long wallClockMs() {
    return nowMs;
  }

  @Override
  public long nanoTime() {
    return nowMs * 1_000_000;
  }

  @Override
  public Task schedule(long delayMs, Runnable task) {
    Due due = new Due(nowMs + delayMs, scheduled++, task);
    tasks.add(due);
    return () -> tasks.remove(due);
  }

  /** Lets time pass and runs what falls due, in order. */
  void pass(long ms) {
    long untilMs = nowMs + ms;
    while (!tasks.isEmpty() && tasks.peek().atMs() <= untilMs) {
      Due due = tasks.poll();
      nowMs = Math.max(nowMs, due.atMs());
      due.task().run();
    }
    nowMs = untilMs;
  }
}
