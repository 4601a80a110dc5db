package io.streamhouse.record;

/** Bytes that are no valid record batch; the message says what is wrong and at which byte. */
public final class InvalidBatchException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What callers distinguish. */
  public enum Kind {
    /** Damaged, truncated or contradictory. */
    CORRUPT,
    /** Larger than a limit. */
    TOO_LARGE,
    /** Well-formed, but not allowed: wrong magic, unknown compression, control batch. */
    UNSUPPORTED
  }

  private final Kind kind;

  public InvalidBatchException(Kind kind, String message) {
    super(message, null, true, false);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }
}
