package io.streamhouse.segment;

import io.streamhouse.record.RecordBatch;
import org.jspecify.annotations.Nullable;

/** What the batches of a chunk add up to: the same sum when a chunk is written and when it is verified. */
final class ChunkSummary {
  private long baseOffset = -1;
  private long lastOffset = -1;
  private int records;
  private int sizeBytes;
  private long maxTimestampMs = Long.MIN_VALUE;

  /** Adds a batch, unless it does not belong behind the ones before: then says why. */
  @Nullable
  String add(RecordBatch batch, int epoch) {
    if (batch.leaderEpoch() != epoch) {
      return "the batch at offset " + batch.baseOffset() + " has leader epoch "
          + batch.leaderEpoch() + ", not " + epoch;
    }
    if (batch.recordCount() < 1
        || batch.lastOffset() - batch.baseOffset() != batch.recordCount() - 1) {
      return "the batch at offsets " + batch.baseOffset() + " to " + batch.lastOffset() + " claims "
          + batch.recordCount() + " records";
    }
    if (records > 0 && batch.baseOffset() != lastOffset + 1) {
      return "a batch at offset " + batch.baseOffset() + " follows one that ends with "
          + lastOffset;
    }
    if ((long) records + batch.recordCount() > Integer.MAX_VALUE
        || (long) sizeBytes + batch.sizeBytes() > Integer.MAX_VALUE) {
      return "it has more than " + Integer.MAX_VALUE + " records or bytes";
    }
    if (records == 0) {
      baseOffset = batch.baseOffset();
    }
    lastOffset = batch.lastOffset();
    records += batch.recordCount();
    sizeBytes += batch.sizeBytes();
    maxTimestampMs = Math.max(maxTimestampMs, batch.maxTimestampMs());
    return null;
  }

  long baseOffset() {
    return baseOffset;
  }

  long lastOffset() {
    return lastOffset;
  }

  int records() {
    return records;
  }

  int sizeBytes() {
    return sizeBytes;
  }

  long maxTimestampMs() {
    return maxTimestampMs;
  }
}
