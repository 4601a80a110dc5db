package io.streamhouse.producer.accumulator;

/**
 * What is in the open batches now.
 *
 * @param partitions with an open batch
 * @param records in open batches
 * @param bytes of the open batches, encoded, uncompressed
 */
record AccumulatorStats(int partitions, int records, long bytes) {}
