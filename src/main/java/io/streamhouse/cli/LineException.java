package io.streamhouse.cli;

/** A line that cannot be a record. */
final class LineException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  LineException(long number, String message) {
    super("line " + number + ": " + message);
  }
}
