package io.streamhouse.record;

import io.streamhouse.record.InvalidBatchException.Kind;
import java.nio.ByteBuffer;

/**
 * Decides whether bytes from outside are one valid record batch. It reads every record, so that whoever reads the log
 * later can rely on what it let in; base offset and leader epoch are the exception, since they are stamped afterwards.
 */
public final class BatchValidator {
  private BatchValidator() {}

  /**
   * Checks everything that a reader relies on.
   *
   * @param bytes the batch, from position to limit, which do not change
   * @return a view that shares the bytes
   * @throws InvalidBatchException when the bytes are not exactly one valid batch within the limits
   */
  public static RecordBatch validate(ByteBuffer bytes, BatchLimits limits) {
    if (bytes.remaining() > limits.batchBytesMax()) {
      throw new InvalidBatchException(
          Kind.TOO_LARGE,
          "batch of " + bytes.remaining() + " bytes is more than " + limits.batchBytesMax());
    }
    RecordBatch batch = RecordBatch.at(bytes, bytes.position());
    if (batch.sizeBytes() < bytes.remaining()) {
      throw new InvalidBatchException(
          Kind.CORRUPT, (bytes.remaining() - batch.sizeBytes()) + " bytes follow the batch");
    }
    if (!batch.hasValidCrc()) {
      throw new InvalidBatchException(
          Kind.CORRUPT,
          "CRC-32C is " + Integer.toHexString(batch.computedCrc()) + ", but the header says "
              + Integer.toHexString(batch.storedCrc()));
    }
    checkProducer(batch);
    checkRecords(batch, limits);
    return batch;
  }

  private static void checkProducer(RecordBatch batch) {
    long id = batch.producerId();
    int epoch = batch.producerEpoch();
    int sequence = batch.baseSequence();
    boolean none =
        id == BatchLayout.NONE && epoch == BatchLayout.NONE && sequence == BatchLayout.NONE;
    if (!none && (id < 0 || epoch < 0 || sequence < 0)) {
      throw new InvalidBatchException(
          Kind.CORRUPT,
          "producer id " + id + ", epoch " + epoch + ", sequence " + sequence
              + ": all must be at least 0, or all -1");
    }
  }

  private static void checkRecords(RecordBatch batch, BatchLimits limits) {
    try (RecordCursor cursor = new RecordCursor(batch, limits)) {
      long maxTimestampMs = Long.MIN_VALUE;
      while (cursor.hasNext()) {
        cursor.next();
        maxTimestampMs = Math.max(maxTimestampMs, cursor.timestampMs());
      }
      if (maxTimestampMs != batch.maxTimestampMs()) {
        throw new InvalidBatchException(
            Kind.CORRUPT,
            "max timestamp " + batch.maxTimestampMs() + ", but its records have up to "
                + maxTimestampMs);
      }
    }
  }
}
