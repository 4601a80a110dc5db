package io.streamhouse.cli;

import io.streamhouse.RecordMetadata;
import io.streamhouse.StreamHouseException;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What has become of the records sent so far. Confined to one context. */
final class ProduceTally {
  private final Map<Integer, Offsets> partitions = new TreeMap<>();
  private final LatencyRecorder latency = new LatencyRecorder();
  private long sentRecords;
  private long sentBytes;
  private long acknowledgedRecords;
  private long acknowledgedBytes;
  private long refusedRecords;
  private long doubtfulRecords;
  private @Nullable String firstFailure;

  /**
   * Acknowledged records of a partition.
   *
   * @param first lowest offset
   * @param last highest offset
   * @param records how many
   */
  record Offsets(long first, long last, long records) {
    Offsets plus(long offset) {
      return new Offsets(Math.min(first, offset), Math.max(last, offset), records + 1);
    }
  }

  void sent(long bytes) {
    sentRecords++;
    sentBytes += bytes;
  }

  void acknowledged(RecordMetadata place, long bytes, long nanos) {
    acknowledgedRecords++;
    acknowledgedBytes += bytes;
    latency.record(nanos);
    partitions.merge(
        place.partition(),
        new Offsets(place.offset(), place.offset(), 1),
        (known, added) -> known.plus(place.offset()));
  }

  void failed(long lineNumber, Throwable failure) {
    boolean doubtful =
        !(failure instanceof StreamHouseException known) || known.mayHaveBeenWritten();
    if (doubtful) {
      doubtfulRecords++;
    } else {
      refusedRecords++;
    }
    if (firstFailure == null) {
      String reason = failure instanceof StreamHouseException known
          ? Hints.explain(known, true)
          : String.valueOf(failure.getMessage());
      firstFailure = "line " + lineNumber + ": " + reason;
    }
  }

  Map<Integer, Offsets> partitions() {
    return partitions;
  }

  LatencyRecorder latency() {
    return latency;
  }

  long sentRecords() {
    return sentRecords;
  }

  long sentBytes() {
    return sentBytes;
  }

  long acknowledgedRecords() {
    return acknowledgedRecords;
  }

  long acknowledgedBytes() {
    return acknowledgedBytes;
  }

  /** Surely not written. */
  long refusedRecords() {
    return refusedRecords;
  }

  /** Failed, and perhaps written all the same. */
  long doubtfulRecords() {
    return doubtfulRecords;
  }

  long inFlightRecords() {
    return sentRecords - acknowledgedRecords - refusedRecords - doubtfulRecords;
  }

  @Nullable
  String firstFailure() {
    return firstFailure;
  }
}
