package io.streamhouse.segment;

/** Bytes that are no segment object, or not what its footer says; the message tells what is wrong and where. */
public final class CorruptSegmentException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public CorruptSegmentException(String message) {
    super(message, null, true, false);
  }

  CorruptSegmentException(String message, Throwable cause) {
    super(message, cause, true, false);
  }
}
