package io.streamhouse.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code streamhouse segment …}. */
@Command(
    name = "segment",
    description = "Look into segment objects.",
    synopsisSubcommandLabel = "COMMAND",
    footer = {"", "Example:", "  streamhouse segment inspect wal/3f/…/0000000000000000.seg"})
final class SegmentCommand implements Runnable {
  private final Terminal terminal;

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  SegmentCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  CommandLine withSubcommands() {
    return new CommandLine(this).addSubcommand(new SegmentInspectCommand(terminal));
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing: inspect");
  }
}
