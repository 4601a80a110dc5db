package io.streamhouse.agent;

import io.streamhouse.StreamHouseException;
import io.streamhouse.record.RecordBatch;
import io.vertx.core.Future;
import io.vertx.core.Promise;

/**
 * A batch that has an offset but is not durable yet. Ends exactly once: durable, or failed together with the lease it
 * was appended under.
 */
final class PendingBatch {
  private final RecordBatch batch;
  private final long baseOffset;
  private final Promise<AppendResult> durable = Promise.promise();

  PendingBatch(RecordBatch batch, long baseOffset) {
    this.batch = batch;
    this.baseOffset = baseOffset;
  }

  RecordBatch batch() {
    return batch;
  }

  long baseOffset() {
    return baseOffset;
  }

  int sizeBytes() {
    return batch.sizeBytes();
  }

  /** Succeeds when the batch is stored and committed. */
  Future<AppendResult> durable() {
    return durable.future();
  }

  /** The same for a copy of the batch that came again meanwhile. */
  Future<AppendResult> durableAsDuplicate() {
    return durable.future().map(result -> new AppendResult(result.baseOffset(), true));
  }

  void complete() {
    durable.complete(new AppendResult(baseOffset, false));
  }

  void fail(StreamHouseException failure) {
    durable.fail(failure);
  }
}
