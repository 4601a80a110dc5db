package io.streamhouse.producer.sender;

import io.streamhouse.StreamHouseException;
import io.streamhouse.common.ProducerIdentity;
import org.jspecify.annotations.Nullable;

/**
 * One copy of a batch on its way to one agent. States: <em>queued</em>, <em>written</em> to the connection,
 * <em>answered</em>; or from any of the first two <em>lost</em>, which counts as answered.
 */
final class Transmission {
  private final long correlationId;
  private final OutgoingBatch batch;
  private final PartitionQueue queue;
  private final @Nullable ProducerIdentity identity;
  private boolean written;
  private boolean answered;
  private long writtenNanos;

  Transmission(long correlationId, OutgoingBatch batch, PartitionQueue queue) {
    this.correlationId = correlationId;
    this.batch = batch;
    this.queue = queue;
    this.identity = batch.identity();
  }

  long correlationId() {
    return correlationId;
  }

  OutgoingBatch batch() {
    return batch;
  }

  /** Whether it should still be written. */
  boolean isWanted() {
    return !batch.isDone() && batch.current() == this;
  }

  /** Whether its batch still has the place in the sequence that this copy has. */
  boolean isOfPresentStamp() {
    return batch.identity() == identity;
  }

  void written(long nowNanos) {
    written = true;
    writtenNanos = nowNanos;
    batch.copyWritten();
  }

  /** Whether it has waited that long for its answer. */
  boolean isOverdue(long nowNanos, long timeoutNanos) {
    return written && !answered && nowNanos - writtenNanos >= timeoutNanos;
  }

  void succeed(long baseOffset) {
    end(false);
    queue.onSuccess(this, baseOffset);
  }

  /** The agent refused it. */
  void fail(StreamHouseException failure) {
    end(failure.mayHaveBeenWritten());
    queue.onFailure(this, failure);
  }

  /** There will be no answer: the way to the agent is gone. */
  void lose(StreamHouseException failure) {
    end(true);
    queue.onLost(this, failure);
  }

  private void end(boolean ambiguous) {
    if (written && !answered && isOfPresentStamp()) {
      batch.copyEnded(ambiguous);
    }
    answered = true;
  }
}
