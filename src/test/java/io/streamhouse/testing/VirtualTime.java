package io.streamhouse.testing;

import io.streamhouse.common.Scheduler;
import java.util.Comparator;
import java.util.PriorityQueue;

/** A scheduler whose time passes only when a test says so. */
public final class VirtualTime implements Scheduler {
  private static final long WALL_CLOCK_ORIGIN_MS = 1_700_000_000_000L;

  private final PriorityQueue<Scheduled> tasks =
      new PriorityQueue<>(Comparator.comparingLong((Scheduled task) -> task.atNanos)
          .thenComparingLong(task -> task.number));
  private long nowNanos = 1_000_000_000L;
  private long numbers;

  @Override
  public long wallClockMs() {
    return WALL_CLOCK_ORIGIN_MS + nowMs();
  }

  @Override
  public long nanoTime() {
    return nowNanos;
  }

  @Override
  public Task schedule(long delayMs, Runnable task) {
    Scheduled scheduled =
        new Scheduled(nowNanos + Math.max(0, delayMs) * 1_000_000L, numbers++, task);
    tasks.add(scheduled);
    return () -> tasks.remove(scheduled);
  }

  /** Runs what is due now, also what that schedules for now. */
  public void settle() {
    advanceMs(0);
  }

  /** Lets time pass, running tasks when they are due. */
  public void advanceMs(long ms) {
    long untilNanos = nowNanos + ms * 1_000_000L;
    for (Scheduled next = tasks.peek();
        next != null && next.atNanos <= untilNanos;
        next = tasks.peek()) {
      tasks.remove();
      nowNanos = Math.max(nowNanos, next.atNanos);
      next.task.run();
    }
    nowNanos = untilNanos;
  }

  /** How many tasks wait. */
  public int waiting() {
    return tasks.size();
  }

  private record Scheduled(long atNanos, long number, Runnable task) {}
}
