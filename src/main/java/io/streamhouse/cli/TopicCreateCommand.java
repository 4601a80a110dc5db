package io.streamhouse.cli;

import io.streamhouse.Admin;
import io.streamhouse.Topic;
import io.streamhouse.common.TopicNames;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code streamhouse topic create}. */
@Command(
    name = "create",
    description = "Create a topic.",
    footer = {"", "Example:", "  streamhouse topic create logs --partitions 3"})
final class TopicCreateCommand extends AdminCommand {
  @Parameters(paramLabel = "TOPIC", description = "Its name: a-z A-Z 0-9 . _ -, up to 249.")
  private String name = "";

  @Option(
      names = "--partitions",
      paramLabel = "N",
      defaultValue = "1",
      description = "How many partitions; more can be added later, none taken away."
          + " Default: ${DEFAULT-VALUE}")
  private int partitions;

  TopicCreateCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  void run(Admin admin, Terminal terminal) {
    TopicNames.validate(name);
    if (partitions < 1) {
      throw CommandFailure.usage("--partitions must be at least 1, but is " + partitions);
    }
    Topic topic = VertxSession.await(admin.createTopic(name, partitions, Map.of()));
    terminal.line("created topic " + topic.name() + " with " + topic.partitionCount()
        + (topic.partitionCount() == 1 ? " partition" : " partitions"));
  }
}
