package io.streamhouse.cli;

import org.jspecify.annotations.Nullable;

/** Ends a command with a message for its user and an exit code. */
final class CommandFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int exitCode;

  private CommandFailure(int exitCode, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
  }

  /** It did not work. */
  static CommandFailure failed(String message) {
    return new CommandFailure(ExitCodes.FAILED, message, null);
  }

  /** It did not work. */
  static CommandFailure failed(String message, Throwable cause) {
    return new CommandFailure(ExitCodes.FAILED, message, cause);
  }

  /** It was asked for in the wrong way. */
  static CommandFailure usage(String message) {
    return new CommandFailure(ExitCodes.USAGE, message, null);
  }

  /** It was asked for in the wrong way. */
  static CommandFailure usage(String message, Throwable cause) {
    return new CommandFailure(ExitCodes.USAGE, message, cause);
  }

  /** It was stopped by a signal. */
  static CommandFailure interrupted(InterruptedException cause) {
    return new CommandFailure(ExitCodes.INTERRUPTED, "interrupted", cause);
  }

  int exitCode() {
    return exitCode;
  }
}
