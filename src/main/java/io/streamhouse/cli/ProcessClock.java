package io.streamhouse.cli;

/** Time for measurements. */
final class ProcessClock {
  private ProcessClock() {}

  /** Monotonic time in nanoseconds, from an arbitrary origin. */
  static long nanoTime() {
    return System.nanoTime();
  }
}
