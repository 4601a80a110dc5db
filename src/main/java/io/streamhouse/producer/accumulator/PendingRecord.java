package io.streamhouse.producer.accumulator;

import io.streamhouse.ProducerRecord;
import io.streamhouse.RecordMetadata;
import io.vertx.core.Context;
import io.vertx.core.Promise;
import org.jspecify.annotations.Nullable;

/**
 * A record between {@code send()} and its acknowledgement. The record itself is let go once it is encoded; what stays
 * is what its future needs. Confined to the accumulator's event loop after the hand-over.
 */
final class PendingRecord extends InboxItem {
  final Promise<RecordMetadata> promise = Promise.promise();
  final @Nullable Context context;
  final long timestampMs;

  /** What it takes of the memory budget, from {@code send()} to its end. */
  final long chargedBytes;

  private @Nullable ProducerRecord record;
  private @Nullable FlushGeneration generation;
  private long sinceNanos;

  PendingRecord(
      ProducerRecord record, long timestampMs, long chargedBytes, @Nullable Context context) {
    this.record = record;
    this.timestampMs = timestampMs;
    this.chargedBytes = chargedBytes;
    this.context = context;
  }

  /** The record, as long as it is not encoded. */
  ProducerRecord record() {
    if (record == null) {
      throw new IllegalStateException("the record is encoded already");
    }
    return record;
  }

  /** Its bytes are in a batch now. */
  void encoded() {
    record = null;
  }

  FlushGeneration generation() {
    if (generation == null) {
      throw new IllegalStateException("the record is not accepted yet");
    }
    return generation;
  }

  void acceptedIn(FlushGeneration flushGeneration) {
    generation = flushGeneration;
  }

  /** Since when it waits for memory, or, once it has that, since when it is inside: {@code deliveryTimeoutMs} counts. */
  long sinceNanos() {
    return sinceNanos;
  }

  void since(long nowNanos) {
    sinceNanos = nowNanos;
  }
}
