package io.streamhouse.common;

import java.util.function.LongUnaryOperator;

/**
 * How long to wait before a retry: exponential with a cap, then <em>full jitter</em> (a random part of it, from 0 to
 * all), so that clients that failed together do not come back together. Pure: the caller counts attempts and sets
 * timers.
 *
 * <p>Source: "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
 */
public final class RetryPolicy {
  private final long initialMs;
  private final long maxMs;
  private final LongUnaryOperator random;

  /**
   * Creates a policy.
   *
   * @param initialMs longest delay before the first retry, at least 1
   * @param maxMs longest delay before any retry
   * @param random gives a number from 0 to its argument, both inclusive
   */
  public RetryPolicy(long initialMs, long maxMs, LongUnaryOperator random) {
    Ranges.require("initialMs", initialMs, 1, Long.MAX_VALUE);
    Ranges.require("maxMs", maxMs, initialMs, Long.MAX_VALUE);
    this.initialMs = initialMs;
    this.maxMs = maxMs;
    this.random = random;
  }

  /**
   * The delay before the next attempt.
   *
   * @param attempt how many attempts have failed before the last one: 0 after the first failure
   */
  public long delayMs(int attempt) {
    return random.applyAsLong(ceilingMs(attempt));
  }

  /** The longest delay that {@link #delayMs} can give: doubles with each attempt, up to the cap. */
  public long ceilingMs(int attempt) {
    int doublings = Math.max(attempt, 0);
    boolean overflows = doublings >= Long.numberOfLeadingZeros(initialMs) - 1;
    return overflows ? maxMs : Math.min(initialMs << doublings, maxMs);
  }
}
