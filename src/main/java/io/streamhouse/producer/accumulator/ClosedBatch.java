package io.streamhouse.producer.accumulator;

import io.streamhouse.bus.SealedBatch;
import java.util.List;

/**
 * A sealed batch and the records it owes an answer to.
 *
 * @param sealed what travels
 * @param records in the order of the batch, as many as it has
 * @param chargedBytes what they take of the memory budget together
 */
record ClosedBatch(SealedBatch sealed, List<PendingRecord> records, long chargedBytes) {
  ClosedBatch {
    if (records.isEmpty() || records.size() != sealed.recordCount()) {
      throw new IllegalArgumentException("batch " + sealed.batchId() + " has "
          + sealed.recordCount() + " records, but " + records.size() + " wait for it");
    }
  }
}
