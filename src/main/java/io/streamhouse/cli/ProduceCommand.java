package io.streamhouse.cli;

import io.streamhouse.Admin;
import io.streamhouse.AdminOptions;
import io.streamhouse.Producer;
import io.streamhouse.ProducerOptions;
import io.streamhouse.RecordHeader;
import io.streamhouse.TopicDescription;
import io.streamhouse.common.TopicNames;
import io.vertx.core.Promise;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code streamhouse produce}. */
@Command(
    name = "produce",
    description = {
      "Write lines to a topic, one record a line, and wait until every one is durable.",
      "Lines are bytes: nothing is decoded or changed. They end with a line feed, which is not part"
          + " of the record; a carriage return before it is, unless --strip-cr. The last line needs"
          + " no line feed; empty lines are empty records.",
      "Ctrl-C flushes and reports; a second one stops at once."
    },
    footer = {
      "",
      "Examples:",
      "  streamhouse produce logs --file access.log",
      "  tail -f app.ndjson | streamhouse produce events --key-field userId",
      "  printf 'k1:v1\\nk2:v2\\n' | streamhouse produce logs --key-separator :"
    })
final class ProduceCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin
  private AgentsOption agents = new AgentsOption();

  @Mixin
  private ProducerFlags producerFlags = new ProducerFlags();

  @Parameters(paramLabel = "TOPIC", description = "The topic; it has to exist.")
  private String topic = "";

  @Option(names = "--file", paramLabel = "FILE", description = "Read this file, not stdin.")
  private @Nullable Path file;

  @Option(
      names = "--key-separator",
      paramLabel = "CHAR",
      description = "The key is what stands before the first CHAR (one ASCII character, or \\t).")
  private @Nullable String keySeparator;

  @Option(
      names = "--key-field",
      paramLabel = "NAME",
      description = "Lines are JSON objects; the key is their top-level field NAME. Lines without"
          + " it have no key.")
  private @Nullable String keyField;

  @Option(
      names = "--partition",
      paramLabel = "N",
      description = "Write to this partition. Default: by key, or by load when there is none.")
  private @Nullable Integer partition;

  @Option(
      names = "--header",
      paramLabel = "KEY=VALUE",
      description = "A header of every record; repeatable.")
  private List<String> headers = new ArrayList<>();

  @Option(names = "--strip-cr", description = "Drop one carriage return at the end of lines.")
  private boolean stripCarriageReturn;

  @Option(names = "--json", description = "Print the summary as one JSON object.")
  private boolean json;

  ProduceCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    TopicNames.validate(topic);
    ProducerOptions options = producerFlags.options().setBootstrap(agents.addresses());
    RecordTemplate template =
        new RecordTemplate(topic, partition, parseHeaders(headers), keyRule());
    Promise<String> interruption = Promise.promise();
    try (InputStream input = open();
        VertxSession session = new VertxSession()) {
      checkTopic(session);
      Signals.onFirst(interruption::tryComplete);
      Producer producer = Producer.create(session.vertx(), options);
      LineReader reader = new LineReader(input, options.getRecordBytesMax(), stripCarriageReturn);
      return new ProduceJob(session.vertx(), terminal, producer, template, json)
          .run(reader, interruption.future());
    }
  }

  /** Finds a missing topic or agent before the first line is read, and at once. */
  private void checkTopic(VertxSession session) {
    Admin admin =
        Admin.create(session.vertx(), new AdminOptions().setBootstrap(agents.addresses()));
    TopicDescription found = VertxSession.await(admin.describeTopic(topic));
    int count = found.topic().partitionCount();
    if (partition != null && (partition < 0 || partition >= count)) {
      throw CommandFailure.failed("Partition " + partition + " does not exist for topic '" + topic
          + "' (0.." + (count - 1) + ")");
    }
    VertxSession.await(admin.close());
  }

  private InputStream open() throws IOException {
    return file == null ? terminal.in() : InputFiles.open(file);
  }

  private KeyRule keyRule() {
    if (keySeparator != null && keyField != null) {
      throw CommandFailure.usage("give one of --key-separator and --key-field");
    }
    if (keyField != null) {
      return new KeyRule.Field(keyField);
    }
    return keySeparator == null
        ? new KeyRule.None()
        : new KeyRule.Separator(separatorByte("--key-separator", keySeparator));
  }

  static byte separatorByte(String option, String text) {
    String character = text.equals("\\t") ? "\t" : text;
    byte[] bytes = character.getBytes(StandardCharsets.UTF_8);
    if (bytes.length != 1 || bytes[0] == '\n') {
      throw CommandFailure.usage(option + " must be one ASCII character, but is '" + text + "'");
    }
    return bytes[0];
  }

  static List<RecordHeader> parseHeaders(List<String> texts) {
    List<RecordHeader> headers = new ArrayList<>();
    for (String text : texts) {
      int equals = text.indexOf('=');
      if (equals < 1) {
        throw CommandFailure.usage("--header must be KEY=VALUE, but is '" + text + "'");
      }
      headers.add(RecordHeader.of(text.substring(0, equals), text.substring(equals + 1)));
    }
    return headers;
  }
}
