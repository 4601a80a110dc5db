package io.streamhouse.record;

import io.streamhouse.common.Ranges;

/**
 * What a batch may be at most.
 *
 * @param batchBytesMax bytes of the whole batch as stored
 * @param recordBytesMax bytes of a single record, uncompressed, as {@link RecordBatchBuilder#recordSizeBytes} counts
 * @param uncompressedBytesMax bytes of all its records, uncompressed
 * @param recordsMax records
 * @param headersMax headers of a record
 */
public record BatchLimits(
    int batchBytesMax,
    int recordBytesMax,
    int uncompressedBytesMax,
    int recordsMax,
    int headersMax) {
  /** What agents accept unless they are told otherwise. */
  public static final BatchLimits DEFAULT =
      new BatchLimits(8 << 20, 8 << 20, 64 << 20, 1_000_000, 1_000);

  public BatchLimits {
    Ranges.require("batchBytesMax", batchBytesMax, RecordBatch.HEADER_BYTES, Integer.MAX_VALUE);
    Ranges.require("recordBytesMax", recordBytesMax, 1, Integer.MAX_VALUE);
    Ranges.require("uncompressedBytesMax", uncompressedBytesMax, 1, Integer.MAX_VALUE);
    Ranges.require("recordsMax", recordsMax, 1, Integer.MAX_VALUE);
    Ranges.require("headersMax", headersMax, 0, Integer.MAX_VALUE);
  }
}
