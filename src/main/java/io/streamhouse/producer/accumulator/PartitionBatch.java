package io.streamhouse.producer.accumulator;

import io.streamhouse.ProducerRecord;
import io.streamhouse.bus.SealedBatch;
import io.streamhouse.common.PartitionId;
import io.streamhouse.record.Compression;
import io.streamhouse.record.RecordBatchBuilder;
import java.util.ArrayList;
import java.util.List;

/**
 * A partition's open batch: encodes records, remembers whose they are. {@link #seal} ends it. Confined to the
 * accumulator's event loop.
 */
final class PartitionBatch {
  private static final int FIRST_BYTES = 2 << 10;

  private final String topic;
  private final PartitionId partitionId;
  private final long openedNanos;
  private final int batchBytesMax;
  private final RecordBatchBuilder builder;
  private final List<PendingRecord> records = new ArrayList<>();
  private long chargedBytes;

  PartitionBatch(String topic, PartitionId partitionId, int batchBytesMax, long nowNanos) {
    this.topic = topic;
    this.partitionId = partitionId;
    this.openedNanos = nowNanos;
    this.batchBytesMax = batchBytesMax;
    this.builder = new RecordBatchBuilder(Math.min(FIRST_BYTES, batchBytesMax), batchBytesMax);
  }

  /** Appends a record, unless it would make the batch longer than allowed; the first always fits. */
  boolean tryAppend(PendingRecord pending) {
    ProducerRecord record = pending.record();
    if (!builder.tryAppend(pending.timestampMs, record.key(), record.value(), record.headers())) {
      return false;
    }
    pending.encoded();
    records.add(pending);
    chargedBytes += pending.chargedBytes;
    return true;
  }

  boolean isFull(int batchRecordsMax) {
    return records.size() >= batchRecordsMax || builder.sizeBytes() >= batchBytesMax;
  }

  PartitionId partitionId() {
    return partitionId;
  }

  /** When its first record came: its age counts from here. */
  long openedNanos() {
    return openedNanos;
  }

  int recordCount() {
    return records.size();
  }

  int sizeBytes() {
    return builder.sizeBytes();
  }

  /** Ends the batch; it must not be used afterwards. Its deadline counts from when its first record came inside. */
  ClosedBatch seal(long batchId, Compression compression, long deliveryTimeoutNanos) {
    long deadlineNanos = records.get(0).sinceNanos() + deliveryTimeoutNanos;
    SealedBatch sealed = new SealedBatch(
        batchId, topic, partitionId, builder.build(compression), records.size(), deadlineNanos);
    return new ClosedBatch(sealed, records, chargedBytes);
  }
}
