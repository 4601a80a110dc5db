package io.streamhouse.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code streamhouse topic …}. */
@Command(
    name = "topic",
    description = "Create, list, describe, alter and delete topics.",
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "Examples:",
      "  streamhouse topic create logs --partitions 3",
      "  streamhouse topic describe logs --json"
    })
final class TopicCommand implements Runnable {
  private final Terminal terminal;

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  TopicCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  CommandLine withSubcommands() {
    return new CommandLine(this)
        .addSubcommand(new TopicCreateCommand(terminal))
        .addSubcommand(new TopicListCommand(terminal))
        .addSubcommand(new TopicDescribeCommand(terminal))
        .addSubcommand(new TopicAlterCommand(terminal))
        .addSubcommand(new TopicDeleteCommand(terminal));
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "a command is missing: create, list, describe, alter or delete");
  }
}
