package io.streamhouse.common;

/** Checks of option values. */
public final class Ranges {
  private Ranges() {}

  /**
   * Returns the value.
   *
   * @throws IllegalArgumentException "name must be min to max, but is value"
   */
  public static int require(String name, int value, int min, int max) {
    return (int) require(name, (long) value, min, max);
  }

  /**
   * Returns the value.
   *
   * @throws IllegalArgumentException "name must be min to max, but is value"
   */
  public static long require(String name, long value, long min, long max) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(name + " must be " + min + " to " + max);
    }
    return value;
  }
}
