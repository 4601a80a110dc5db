package io.streamhouse.cli;

/**
 * What a bench does.
 *
 * @param records to send; 0: until the time is over
 * @param durationNanos how long to send when {@code records} is 0
 * @param recordBytes size of each value
 * @param partitions of the topic
 * @param ratePerSecond records a second; 0: as many as there is room for
 */
record BenchPlan(
    long records, long durationNanos, int recordBytes, int partitions, long ratePerSecond) {
  /** The same, for a given time. */
  BenchPlan lasting(long nanos) {
    return new BenchPlan(0, nanos, recordBytes, partitions, ratePerSecond);
  }
}
