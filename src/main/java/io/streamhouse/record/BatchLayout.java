package io.streamhouse.record;

/**
 * Where the fields of a record batch lie, and what its attributes mean; all numbers are big-endian. Source: Kafka's
 * protocol guide, "Record Batch" (magic 2).
 */
final class BatchLayout {
  static final int BASE_OFFSET = 0;
  static final int BATCH_LENGTH = 8;
  /** What {@link #BATCH_LENGTH} counts begins here. */
  static final int LENGTH_ORIGIN = 12;

  static final int LEADER_EPOCH = 12;
  static final int MAGIC = 16;
  static final int CRC = 17;
  /** The CRC covers everything from here to the end. */
  static final int ATTRIBUTES = 21;

  static final int LAST_OFFSET_DELTA = 23;
  static final int BASE_TIMESTAMP = 27;
  static final int MAX_TIMESTAMP = 35;
  static final int PRODUCER_ID = 43;
  static final int PRODUCER_EPOCH = 51;
  static final int BASE_SEQUENCE = 53;
  static final int RECORD_COUNT = 57;
  static final int RECORDS = 61;

  static final byte MAGIC_V2 = 2;

  static final int COMPRESSION_BITS = 0x07;
  static final int LOG_APPEND_TIME_BIT = 0x08;
  static final int TRANSACTIONAL_BIT = 0x10;
  static final int CONTROL_BIT = 0x20;

  /** In the producer's fields: there is none. */
  static final int NONE = -1;

  private BatchLayout() {}
}
