package io.streamhouse.cli;

import io.streamhouse.Admin;
import io.streamhouse.Topic;
import io.vertx.core.json.JsonArray;
import java.time.Instant;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code streamhouse topic list}. */
@Command(
    name = "list",
    description = "List all topics.",
    footer = {"", "Example:", "  streamhouse topic list --json"})
final class TopicListCommand extends AdminCommand {
  @Option(names = "--json", description = "Print one JSON array.")
  private boolean json;

  TopicListCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  void run(Admin admin, Terminal terminal) {
    List<Topic> topics = VertxSession.await(admin.listTopics());
    if (json) {
      JsonArray array = new JsonArray();
      topics.forEach(topic -> array.add(TopicJson.of(topic)));
      terminal.line(array.encode());
      return;
    }
    if (topics.isEmpty()) {
      terminal.message("no topics yet: make one with 'streamhouse topic create NAME'");
      return;
    }
    Table table = new Table("TOPIC", "PARTITIONS", "CREATED", "CONFIG");
    for (Topic topic : topics) {
      table.row(
          topic.name(),
          topic.partitionCount(),
          Instant.ofEpochMilli(topic.createdAtMs()),
          TopicJson.config(topic.config()));
    }
    table.lines().forEach(terminal::line);
  }
}
