package io.streamhouse.producer.accumulator;

import java.util.function.IntUnaryOperator;

/**
 * Chooses partitions for records without partition and key: one partition until its batch is full, so that batches are
 * large, then another at random. Every partition but the last is as likely as any other.
 */
final class StickyChooser implements PartitionChooser {
  private final IntUnaryOperator random;

  /**
   * Creates a chooser.
   *
   * @param random gives a number from 0 to its argument, exclusive
   */
  StickyChooser(IntUnaryOperator random) {
    this.random = random;
  }

  @Override
  public int next(String topic, int partitionCount, int previous) {
    if (previous < 0 || previous >= partitionCount) {
      return random.applyAsInt(partitionCount);
    }
    if (partitionCount == 1) {
      return 0;
    }
    int other = random.applyAsInt(partitionCount - 1);
    return other < previous ? other : other + 1;
  }
}
