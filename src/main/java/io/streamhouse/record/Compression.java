package io.streamhouse.record;

/** How the records of a batch are compressed; the numbers of the Kafka protocol. */
public enum Compression {
  NONE,
  GZIP,
  SNAPPY,
  LZ4,
  ZSTD;

  /** The lowest three bits of a batch's attributes. */
  public int id() {
    return ordinal();
  }
}
