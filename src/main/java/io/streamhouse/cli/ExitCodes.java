package io.streamhouse.cli;

/** What the program exits with. */
final class ExitCodes {
  /** Done. */
  static final int OK = 0;

  /** It did not work; stderr says why. */
  static final int FAILED = 1;

  /** The command line or a configuration file is wrong. */
  static final int USAGE = 2;

  /** Stopped by Ctrl-C, or a client command by SIGTERM. */
  static final int INTERRUPTED = 130;

  private ExitCodes() {}
}
