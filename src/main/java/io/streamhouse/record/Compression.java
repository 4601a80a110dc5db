package io.streamhouse.record;

import io.streamhouse.record.InvalidBatchException.Kind;

/** How the records of a batch are compressed; the numbers of the Kafka protocol. */
public enum Compression {
  NONE,
  GZIP,
  SNAPPY,
  LZ4,
  ZSTD;

  private static final Compression[] BY_ID = values();

  /** The lowest three bits of a batch's attributes. */
  public int id() {
    return ordinal();
  }

  /**
   * The compression with an id.
   *
   * @throws InvalidBatchException with {@link Kind#UNSUPPORTED} when there is none
   */
  static Compression byId(int id) {
    if (id < 0 || id >= BY_ID.length) {
      throw new InvalidBatchException(
          Kind.UNSUPPORTED,
          "compression " + id + " is unknown; known are 0 to " + (BY_ID.length - 1));
    }
    return BY_ID[id];
  }
}
