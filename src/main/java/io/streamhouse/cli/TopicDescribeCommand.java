package io.streamhouse.cli;

import io.streamhouse.Admin;
import io.streamhouse.PartitionDescription;
import io.streamhouse.TopicDescription;
import io.streamhouse.common.TopicNames;
import java.time.Instant;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code streamhouse topic describe}. */
@Command(
    name = "describe",
    description = "Show a topic's partitions: offsets, leaders, lease epochs.",
    footer = {"", "Example:", "  streamhouse topic describe logs"})
final class TopicDescribeCommand extends AdminCommand {
  @Parameters(paramLabel = "TOPIC", description = "The topic.")
  private String name = "";

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  TopicDescribeCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  void run(Admin admin, Terminal terminal) {
    TopicNames.validate(name);
    TopicDescription topic = VertxSession.await(admin.describeTopic(name));
    if (json) {
      terminal.line(TopicJson.of(topic).encode());
      return;
    }
    terminal.line("topic    " + topic.topic().name());
    terminal.line("id       " + topic.topic().id());
    terminal.line("created  " + Instant.ofEpochMilli(topic.topic().createdAtMs()));
    terminal.line("config   " + TopicJson.config(topic.topic().config()));
    terminal.line("");
    Table table = new Table("PARTITION", "START OFFSET", "END OFFSET", "LEASE EPOCH", "LEADER");
    for (PartitionDescription partition : topic.partitions()) {
      table.row(
          partition.partition(),
          partition.startOffset(),
          partition.endOffset(),
          partition.leaseEpoch(),
          partition.leader().orElse("-"));
    }
    table.lines().forEach(terminal::line);
  }
}
