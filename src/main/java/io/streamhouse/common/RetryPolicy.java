package io.streamhouse.common;

import java.util.random.RandomGenerator;

/** Delays between attempts: exponential, capped, with full jitter. */
public final class RetryPolicy {
  private final long initialMs;
  private final long maxMs;
  private final RandomGenerator random;

  /**
   * Creates a policy.
   *
   * @param initialMs longest delay before the first retry, at least 1
   * @param maxMs longest delay before any retry, at least {@code initialMs}
   */
  public RetryPolicy(long initialMs, long maxMs, RandomGenerator random) {
    this.initialMs = initialMs;
    this.maxMs = maxMs;
    this.random = random;
  }

  /**
   * The delay before a retry.
   *
   * @param attempt 0 before the first retry
   */
  public long delayMs(int attempt) {
    long limit = attempt >= 62 || initialMs > maxMs >> attempt ? maxMs : initialMs << attempt;
    return random.nextLong(limit + 1);
  }
}
