package io.streamhouse.producer.accumulator;

/** Chooses the partition for the next batch of records that have neither partition nor key. */
interface PartitionChooser {
  /**
   * Returns a partition from 0 to {@code partitionCount}, exclusive.
   *
   * @param topic the topic's name
   * @param partitionCount at least 1
   * @param previous the partition of the batch before, -1 for the first
   */
  int next(String topic, int partitionCount, int previous);
}
