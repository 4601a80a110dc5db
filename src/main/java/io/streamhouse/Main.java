package io.streamhouse;

import io.streamhouse.cli.CommandRunner;

/** The program: {@code java -jar streamhouse-fat.jar <command>}. */
public final class Main {
  private Main() {}

  /** Runs a command and exits with its code. */
  public static void main(String[] args) {
    System.exit(CommandRunner.run(args));
  }
}
