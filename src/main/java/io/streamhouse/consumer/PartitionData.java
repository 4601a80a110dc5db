package io.streamhouse.consumer;

import io.streamhouse.StreamHouseException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * An agent's answer for one partition.
 *
 * @param partition from 0
 * @param batches record batches back to back; empty when there is nothing new
 * @param failure null when it went well
 */
record PartitionData(int partition, ByteBuffer batches, @Nullable StreamHouseException failure) {
  /** Whether it says anything. */
  boolean isNews() {
    return failure != null || batches.hasRemaining();
  }
}
