package io.streamhouse.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The client commands as processes against a running {@code dev}. */
class ClientCommandsIT {
  @TempDir
  private static Path directory;

  private static DevProcess dev;

  @BeforeAll
  static void startDev() {
    dev = DevProcess.start(directory.resolve("data"));
  }

  @AfterAll
  static void stopDev() {
    dev.close();
  }

  private static String topic(int partitions) {
    String topic = "t-" + UUID.randomUUID();
    dev.run("topic", "create", topic, "--partitions", Integer.toString(partitions));
    return topic;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String lines(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> "line " + i + "\n")
        .collect(Collectors.joining());
  }

  @Test
  void aTopicIsCreatedListedDescribedAlteredAndDeleted() {
    String topic = topic(3);
    assertThat(dev.run("topic", "list").stdout()).contains(topic);
    JsonObject described =
        new JsonObject(dev.run("topic", "describe", topic, "--json").stdout());
    assertThat(described.getJsonArray("partitions")).hasSize(3);
    dev.run("topic", "alter", topic, "--partitions", "5");
    assertThat(dev.run("topic", "describe", topic).stdout()).contains("END OFFSET");
    dev.run("topic", "delete", topic);
    assertThat(dev.run("topic", "list").stdout()).doesNotContain(topic);
  }

  @Test
  void bytesComeBackAsTheyWereSent() {
    Random random = new Random(42);
    ByteArrayOutputStream input = new ByteArrayOutputStream();
    for (int line = 0; line < 5_000; line++) {
      byte[] bytes = new byte[random.nextInt(300)];
      random.nextBytes(bytes);
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = bytes[i] == '\n' ? (byte) '\r' : bytes[i];
      }
      input.writeBytes(bytes);
      input.write('\n');
    }
    String topic = topic(1);
    dev.run(input.toByteArray(), "produce", topic, "--compression", "zstd");
    assertThat(dev.run("consume", topic).stdoutBytes()).isEqualTo(input.toByteArray());
  }

  @Test
  void everyLineOfAFileArrivesOnceInSomePartition() throws IOException {
    String topic = topic(3);
    Path file = Files.writeString(directory.resolve("many.txt"), lines(20_000));
    JsonObject summary = new JsonObject(
        dev.run("produce", topic, "--file", file.toString(), "--json").stdout());
    assertThat(summary.getLong("acknowledgedRecords")).isEqualTo(20_000);
    List<String> read = dev.run("consume", topic).stdout().lines().toList();
    assertThat(read).hasSize(20_000).doesNotHaveDuplicates();
    assertThat(read.stream().sorted())
        .containsExactlyElementsOf(lines(20_000).lines().sorted().toList());
  }

  @Test
  void theSummaryNamesTheOffsetsOfEachPartition() {
    String topic = topic(2);
    dev.run(utf8("a\nb\n"), "produce", topic, "--partition", "1");
    assertThat(dev.run(utf8("c"), "produce", topic, "--partition", "1").stdout())
        .contains("acknowledged 1 records, 1 bytes")
        .contains("partition 1: offsets 2..2 (1 records)")
        .contains("ack latency");
  }

  @Test
  void keysComeFromFieldsAndSeparatorsAndHeadersGoWithThem() {
    String topic = topic(4);
    dev.run(
        utf8("{\"id\":7,\"n\":1}\n{\"n\":2}\n"),
        "produce",
        topic,
        "--key-field",
        "id",
        "--header",
        "source=test");
    dev.run(utf8("7:v\n"), "produce", topic, "--key-separator", ":");
    List<JsonObject> read = dev.run("consume", topic, "--json")
        .stdout()
        .lines()
        .map(JsonObject::new)
        .toList();
    assertThat(read).hasSize(3);
    List<JsonObject> keyed =
        read.stream().filter(record -> "7".equals(record.getString("key"))).toList();
    assertThat(keyed).hasSize(2);
    assertThat(keyed.get(0).getInteger("partition"))
        .isEqualTo(keyed.get(1).getInteger("partition"));
    assertThat(keyed.get(0).getString("value")).isEqualTo("{\"id\":7,\"n\":1}");
    assertThat(keyed.get(1).getString("value")).isEqualTo("v");
    assertThat(keyed.get(0).getJsonArray("headers").getJsonObject(0).getString("value"))
        .isEqualTo("test");
  }

  @Test
  void readingBeginsWhereItIsToldTo() {
    String topic = topic(1);
    dev.run(utf8(lines(10)), "produce", topic);
    assertThat(dev.run("consume", topic, "--partition", "0", "--offset", "7", "--print-offset")
            .stdout())
        .isEqualTo("7\tline 7\n8\tline 8\n9\tline 9\n");
    assertThat(dev.run("consume", topic, "--max", "2").stdout()).isEqualTo("line 0\nline 1\n");
    assertThat(dev.run("consume", topic, "--from", "latest").stdout()).isEmpty();
    assertThat(dev.run("consume", topic, "--from", "2020-01-01").stdout()).isEqualTo(lines(10));
    assertThat(dev.run("consume", topic, "--from", "2100-01-01").stdout()).isEmpty();
    Program beyond = Program.run(dev.args("consume", topic, "--partition", "0", "--offset", "11"));
    assertThat(beyond.exitCode()).isEqualTo(1);
    assertThat(beyond.stderr()).contains("ends at offset 10").contains("offset 11");
  }

  @Test
  void aFollowerSeesWhatIsWrittenLaterAndEndsWithCtrlC() {
    String topic = topic(2);
    try (Program follower = Program.start(dev.args("consume", topic, "--follow"))) {
      dev.run(utf8("one\n"), "produce", topic);
      await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(follower.stdout())
          .isEqualTo("one\n"));
      dev.run(utf8("two\n"), "produce", topic);
      await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(follower.stdout())
          .isEqualTo("one\ntwo\n"));
      follower.signal("INT");
      assertThat(follower.await()).isEqualTo(130);
      assertThat(follower.stderr()).isEmpty();
    }
  }

  @Test
  void aFollowerOfADeletedTopicSaysSo() {
    String topic = topic(1);
    dev.run(utf8("one\n"), "produce", topic);
    try (Program follower = Program.start(dev.args("consume", topic, "--follow"))) {
      await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(follower.stdout())
          .isEqualTo("one\n"));
      dev.run("topic", "delete", topic);
      assertThat(follower.await()).isEqualTo(1);
      assertThat(follower.stderr()).contains(topic).contains("deleted");
    }
  }

  @Test
  void aLineThatIsTooLongEndsWithItsNumberAndWhatWasAcknowledged() {
    String topic = topic(1);
    Program produce = Program.run(
        utf8("short\nalso short\n" + "x".repeat(2_000) + "\nnever\n"),
        dev.args("produce", topic, "--record-bytes-max", "1000"));
    assertThat(produce.exitCode()).isEqualTo(1);
    assertThat(produce.stderr()).contains("line 3: is longer than 1000 bytes");
    assertThat(produce.stdout()).contains("acknowledged 2 records");
    assertThat(dev.run("consume", topic).stdout()).isEqualTo("short\nalso short\n");
  }

  @Test
  void aLineWithoutItsKeyEndsWithItsNumber() {
    String topic = topic(1);
    Program produce =
        Program.run(utf8("k:v\nplain\n"), dev.args("produce", topic, "--key-separator", ":"));
    assertThat(produce.exitCode()).isEqualTo(1);
    assertThat(produce.stderr()).contains("line 2: has no key separator");
    assertThat(produce.stdout()).contains("acknowledged 1 records");
  }

  @Test
  void ctrlCFlushesAndReportsExactlyWhatIsInTheLog() {
    String topic = topic(1);
    try (Program produce = Program.start(dev.args("produce", topic, "--json"))) {
      produce.write(utf8(lines(1_000) + "half a li"));
      await()
          .atMost(Duration.ofSeconds(30))
          .until(
              () -> dev.run("consume", topic).stdout().length() == lines(1_000).length());
      produce.signal("INT");
      assertThat(produce.await()).isEqualTo(130);
      assertThat(new JsonObject(produce.stdout()).getLong("acknowledgedRecords"))
          .isEqualTo(1_000);
    }
    assertThat(dev.run("consume", topic).stdout()).isEqualTo(lines(1_000));
  }

  @Test
  void whatDoesNotExistIsNamed() {
    for (String command : new String[] {"produce", "consume", "topic describe", "topic delete"}) {
      Program program =
          Program.run(dev.args(Stream.of(command.split(" "), new String[] {"missing-topic"})
              .flatMap(Stream::of)
              .toArray(String[]::new)));
      assertThat(program.exitCode()).as(command).isEqualTo(1);
      assertThat(program.stderr().lines()).hasSize(1);
      assertThat(program.stderr()).contains("Topic 'missing-topic' does not exist");
    }
    String topic = topic(3);
    Program produce = Program.run(dev.args("produce", topic, "--partition", "10"));
    assertThat(produce.exitCode()).isEqualTo(1);
    assertThat(produce.stderr())
        .contains("Partition 10 does not exist for topic '" + topic + "' (0..2)");
  }

  @Test
  void aReaderThatHasEnoughEndsTheConsumerQuietly() throws IOException {
    String topic = topic(1);
    dev.run(utf8(lines(200_000)), "produce", topic);
    try (Program consume = Program.start(false, dev.args("consume", topic))) {
      assertThat(consume.output().readNBytes(7)).asString().isEqualTo("line 0\n");
      consume.output().close();
      assertThat(consume.await()).isZero();
      assertThat(consume.stderr()).isEmpty();
    }
  }

  @Test
  void aSegmentIsInspectedByFileAndByKeyAndDamageIsFound() throws IOException {
    String topic = topic(1);
    dev.run(utf8("to be seen\n"), "produce", topic);
    String id =
        new JsonObject(dev.run("topic", "describe", topic, "--json").stdout()).getString("id");
    Path objects = directory.resolve("data").resolve("objects");
    List<Path> segments;
    try (Stream<Path> files = Files.walk(objects)) {
      segments = files.filter(file -> file.toString().endsWith(".seg")).toList();
    }
    Path segment = null;
    for (Path file : segments) {
      Program inspect = Program.run("segment", "inspect", file.toString(), "--records");
      assertThat(inspect.exitCode()).as(inspect.stdout()).isZero();
      if (inspect.stdout().contains(id)) {
        assertThat(inspect.stdout()).contains("\"value\":\"to be seen\"").contains("intact");
        segment = file;
      }
    }
    assertThat(segment).isNotNull();
    Program byKey = Program.run(
        "segment",
        "inspect",
        objects.relativize(segment).toString(),
        "--data-dir",
        directory.resolve("data").toString());
    assertThat(byKey.exitCode()).isZero();
    byte[] bytes = Files.readAllBytes(segment);
    bytes[120] ^= 1;
    Path damaged = Files.write(directory.resolve("damaged.seg"), bytes);
    Program inspect = Program.run("segment", "inspect", damaged.toString());
    assertThat(inspect.exitCode()).isEqualTo(1);
    assertThat(inspect.stdout()).contains("DAMAGED");
    Program text = Program.run("segment", "inspect", System.getProperty("streamhouse.jar"));
    assertThat(text.exitCode()).isEqualTo(1);
  }
}
