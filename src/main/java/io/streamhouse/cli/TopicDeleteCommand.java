package io.streamhouse.cli;

import io.streamhouse.Admin;
import io.streamhouse.common.TopicNames;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code streamhouse topic delete}. */
@Command(
    name = "delete",
    description = "Delete a topic with all its records. There is no way back.",
    footer = {"", "Example:", "  streamhouse topic delete logs"})
final class TopicDeleteCommand extends AdminCommand {
  @Parameters(paramLabel = "TOPIC", description = "The topic.")
  private String name = "";

  TopicDeleteCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  void run(Admin admin, Terminal terminal) {
    TopicNames.validate(name);
    VertxSession.await(admin.deleteTopic(name));
    terminal.line("deleted topic " + name);
  }
}
