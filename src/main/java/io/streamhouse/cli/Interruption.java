package io.streamhouse.cli;

/** Ctrl-C in commands that have nothing to save but should leave nothing behind. */
final class Interruption {
  private Interruption() {}

  /** The first signal interrupts the calling thread, whose waiting then fails; the second ends the process. */
  static void endsWhatRuns() {
    Thread command = Thread.currentThread();
    Signals.onFirst(signal -> command.interrupt());
  }
}
