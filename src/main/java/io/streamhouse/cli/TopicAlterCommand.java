package io.streamhouse.cli;

import io.streamhouse.Admin;
import io.streamhouse.Topic;
import io.streamhouse.common.TopicNames;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code streamhouse topic alter}. */
@Command(
    name = "alter",
    description = "Add partitions to a topic.",
    footer = {"", "Example:", "  streamhouse topic alter logs --partitions 6"})
final class TopicAlterCommand extends AdminCommand {
  @Parameters(paramLabel = "TOPIC", description = "The topic.")
  private String name = "";

  @Option(
      names = "--partitions",
      paramLabel = "N",
      required = true,
      description = "How many there shall be: at least as many as now. Keys move to other"
          + " partitions; records stay where they are.")
  private int partitions;

  TopicAlterCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  void run(Admin admin, Terminal terminal) {
    TopicNames.validate(name);
    if (partitions < 1) {
      throw CommandFailure.usage("--partitions must be at least 1, but is " + partitions);
    }
    Topic topic = VertxSession.await(admin.alterTopic(name, partitions, Map.of()));
    terminal.line("topic " + topic.name() + " has " + topic.partitionCount()
        + (topic.partitionCount() == 1 ? " partition" : " partitions"));
  }
}
