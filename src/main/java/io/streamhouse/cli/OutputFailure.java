package io.streamhouse.cli;

import java.io.IOException;
import java.util.Locale;

/** Stdout takes no more. */
final class OutputFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  OutputFailure(IOException cause) {
    super("cannot write the output: " + cause.getMessage(), cause);
  }

  /** Whether the reader of a pipe has simply read enough, as {@code head} does. */
  boolean isClosedPipe() {
    String reason = String.valueOf(getMessage()).toLowerCase(Locale.ROOT);
    return reason.contains("broken pipe") || reason.contains("pipe closed");
  }
}
