package io.streamhouse.metadata;

/**
 * A stretch of records of one producer, with neighbouring sequences at neighbouring offsets: how the offset of a batch
 * that is sent again is found. Never crosses the wrap of sequences (2³¹-1 to 0).
 *
 * @param baseSequence of its first record, from 0
 * @param count records, at least 1
 * @param baseOffset of its first record
 */
public record SequenceRun(int baseSequence, int count, long baseOffset) {
  public SequenceRun {
    if (baseSequence < 0
        || count < 1
        || baseSequence + (count - 1L) > Integer.MAX_VALUE
        || baseOffset < 0) {
      throw new IllegalArgumentException("sequence " + baseSequence + ", count " + count
          + ", offset " + baseOffset + " is no run");
    }
  }

  /** The sequence of its last record. */
  public int lastSequence() {
    return baseSequence + count - 1;
  }
}
