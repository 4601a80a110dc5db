package io.streamhouse.bus;

import io.streamhouse.StreamHouseException;
import org.jspecify.annotations.Nullable;

/**
 * The end of a batch, from the sender (or the router, when it knows no way) to the accumulator. Exactly one per sealed
 * batch.
 *
 * @param batchId of the {@link SealedBatch}
 * @param baseOffset the offset of its first record; -1 when it failed
 * @param failure null when it is durable
 */
public record BatchAck(long batchId, long baseOffset, @Nullable StreamHouseException failure) {
  /** The batch is stored and committed. */
  public static BatchAck durable(long batchId, long baseOffset) {
    return new BatchAck(batchId, baseOffset, null);
  }

  /** The batch is given up. */
  public static BatchAck failed(long batchId, StreamHouseException failure) {
    return new BatchAck(batchId, -1, failure);
  }
}
