package io.streamhouse.record;

/**
 * What a batch may be at most.
 *
 * @param batchBytesMax bytes of the whole batch as stored
 * @param recordBytesMax bytes of a single record, encoded, uncompressed
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
}
