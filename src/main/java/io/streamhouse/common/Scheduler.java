package io.streamhouse.common;

/**
 * Time, as state machines see it: what o'clock it is, and tasks for later. One implementation runs on a Vert.x context,
 * one in tests on virtual time. Tasks run on the owner's event loop.
 */
public interface Scheduler {
  /** Wall-clock time, milliseconds since 1970. For timestamps only, never for durations. */
  long wallClockMs();

  /** Monotonic time in nanoseconds, from an arbitrary origin. */
  long nanoTime();

  /** Monotonic time in milliseconds, from an arbitrary origin. */
  default long nowMs() {
    return nanoTime() / 1_000_000;
  }

  /**
   * Runs a task once.
   *
   * @param delayMs at least 0; 0 runs it in a turn of its own, after the present one
   */
  Task schedule(long delayMs, Runnable task);

  /** A task that is waiting for its time. */
  interface Task {
    /** Takes the task back; does nothing when it has run. */
    void cancel();
  }
}
