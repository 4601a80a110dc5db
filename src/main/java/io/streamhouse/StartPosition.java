package io.streamhouse;

import java.util.Map;

/** Where reading a topic begins. */
public sealed interface StartPosition {
  /** At the first record that can be read. */
  static StartPosition earliest() {
    return new Earliest();
  }

  /** Behind the last record: only records written from now on. */
  static StartPosition latest() {
    return new Latest();
  }

  /**
   * At the first record with this timestamp or a later one.
   *
   * @param timestampMs milliseconds since 1970
   */
  static StartPosition timestamp(long timestampMs) {
    return new Timestamp(timestampMs);
  }

  /** At an offset for each partition; partitions that are not named begin at their first record. */
  static StartPosition offsets(Map<Integer, Long> offsets) {
    return new Offsets(offsets);
  }

  /** See {@link #earliest()}. */
  record Earliest() implements StartPosition {}

  /** See {@link #latest()}. */
  record Latest() implements StartPosition {}

  /**
   * See {@link #timestamp}.
   *
   * @param timestampMs milliseconds since 1970, at least 0
   */
  record Timestamp(long timestampMs) implements StartPosition {
    public Timestamp {
      if (timestampMs < 0) {
        throw new IllegalArgumentException("timestamp must be at least 0, but is " + timestampMs);
      }
    }
  }

  /**
   * See {@link #offsets}.
   *
   * @param offsets by partition, at least 0
   */
  record Offsets(Map<Integer, Long> offsets) implements StartPosition {
    public Offsets {
      offsets = Map.copyOf(offsets);
      offsets.forEach((partition, offset) -> {
        if (partition < 0 || offset < 0) {
          throw new IllegalArgumentException(
              "offset of partition " + partition + " must be at least 0, but is " + offset);
        }
      });
    }
  }
}
