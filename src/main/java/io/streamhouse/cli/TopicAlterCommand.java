package io.streamhouse.cli;

import io.streamhouse.Admin;
import io.streamhouse.Topic;
import io.streamhouse.common.TopicNames;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code streamhouse topic alter}. */
@Command(
    name = "alter",
    description = "Add partitions to a topic or change its settings.",
    footer = {"", "Example:", "  streamhouse topic alter logs --partitions 6"})
final class TopicAlterCommand extends AdminCommand {
  @Parameters(paramLabel = "TOPIC", description = "The topic.")
  private String name = "";

  @Option(
      names = "--partitions",
      paramLabel = "N",
      description = "How many there shall be: at least as many as now. Keys move to other"
          + " partitions; records stay where they are.")
  private @Nullable Integer partitions;

  @Option(names = "--config", paramLabel = "KEY=VALUE", description = "A setting; repeatable.")
  private Map<String, String> config = new LinkedHashMap<>();

  TopicAlterCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  void run(Admin admin, Terminal terminal) {
    TopicNames.validate(name);
    if (partitions == null && config.isEmpty()) {
      throw CommandFailure.usage("nothing to change: give --partitions or --config");
    }
    if (partitions != null && partitions < 1) {
      throw CommandFailure.usage("--partitions must be at least 1, but is " + partitions);
    }
    Topic topic =
        VertxSession.await(admin.alterTopic(name, partitions == null ? 0 : partitions, config));
    terminal.line("topic " + topic.name() + " has " + topic.partitionCount()
        + (topic.partitionCount() == 1 ? " partition" : " partitions") + ", config "
        + TopicJson.config(topic.config()));
  }
}
