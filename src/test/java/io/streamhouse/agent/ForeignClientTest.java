package io.streamhouse.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.streamhouse.proto.v1.Error;
import io.streamhouse.testing.ForeignClient;
import io.streamhouse.testing.TestStack;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** An agent, met by a gRPC client that nobody here wrote and that knows only what reflection tells. */
class ForeignClientTest {
  private static final String PRODUCER = "streamhouse.v1.ProducerService";
  private static final String METADATA = "streamhouse.v1.MetadataService";
  private static final String FETCH = "streamhouse.v1.FetchService";

  private static TestStack stack;
  private static ForeignClient client;
  private static int topics;

  @BeforeAll
  static void start() {
    stack = new TestStack();
    client = new ForeignClient(stack.startAgent().address());
  }

  @AfterAll
  static void stop() throws Exception {
    client.close();
    stack.close();
  }

  @Test
  void reflectionNamesAllServices() throws Exception {
    assertThat(client.services())
        .contains(
            PRODUCER,
            METADATA,
            FETCH,
            "grpc.health.v1.Health",
            "grpc.reflection.v1.ServerReflection");
    assertThat(client.call("grpc.health.v1.Health", "Check", new JsonObject()).getString("status"))
        .isEqualTo("SERVING");
  }

  @Test
  @Tag("seed-34")
  void recordsComeBackWithKeysNullsHeadersAndTimestamps() throws Exception {
    String topic = newTopic(2);
    JsonObject full = new JsonObject()
        .put("key", base64("k"))
        .put("value", base64("v"))
        .put("timestampMs", "1234567")
        .put(
            "headers",
            new JsonArray().add(new JsonObject().put("key", "h").put("value", base64("1"))));
    JsonObject bare = new JsonObject().put("key", "").put("timestampMs", "1234568");
    JsonObject produced = client.call(PRODUCER, "Produce", produce(topic, 0, full, bare));
    assertThat(produced.getString("baseOffset")).isEqualTo("0");
    assertThat(produced.getInteger("recordCount")).isEqualTo(2);

    JsonObject fetched = fetch(topic, 0, 0);
    assertThat(fetched.getString("endOffset")).isEqualTo("2");
    JsonObject first = fetched.getJsonArray("records").getJsonObject(0);
    assertThat(first.getString("key")).isEqualTo(base64("k"));
    assertThat(first.getString("timestampMs")).isEqualTo("1234567");
    assertThat(first.getJsonArray("headers").getJsonObject(0).getString("value"))
        .isEqualTo(base64("1"));
    JsonObject second = fetched.getJsonArray("records").getJsonObject(1);
    assertThat(second.getString("key")).isEmpty();
    assertThat(second.containsKey("value"))
        .as("a null value is absent, not empty")
        .isFalse();
  }

  @Test
  @Tag("seed-21")
  void tenConcurrentClientsTimesTenSingleRecordsAreAllAcknowledged() throws Exception {
    String topic = newTopic(4);
    ExecutorService threads = Executors.newFixedThreadPool(10);
    try {
      List<Callable<Long>> calls = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        int partition = i % 4;
        calls.add(() -> Long.parseLong(client
            .call(PRODUCER, "Produce", produce(topic, partition, value("x")))
            .getString("baseOffset")));
      }
      List<Long> offsets = new ArrayList<>();
      for (Future<Long> call : threads.invokeAll(calls)) {
        offsets.add(call.get());
      }
      assertThat(offsets).hasSize(100);
      for (long offset = 0; offset < 25; offset++) {
        assertThat(offsets).filteredOn(Long.valueOf(offset)::equals).hasSize(4);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  @Tag("seed-22")
  void aThousandRecordsInOneCallBeginAtOffsetZero() throws Exception {
    String topic = newTopic(1);
    JsonObject[] records = new JsonObject[1000];
    for (int i = 0; i < records.length; i++) {
      records[i] = value("value " + i);
    }
    JsonObject produced = client.call(PRODUCER, "Produce", produce(topic, 0, records));
    assertThat(produced.getString("baseOffset")).isEqualTo("0");
    assertThat(produced.getInteger("recordCount")).isEqualTo(1000);
  }

  @Test
  @Tag("seed-28")
  void noRecordsAreAnInvalidArgument() throws Exception {
    assertRefused(
        Status.Code.INVALID_ARGUMENT, "records must not be empty", produce(newTopic(1), 0));
  }

  @Test
  @Tag("seed-29")
  void anEmptyTopicIsAnInvalidArgument() {
    assertRefused(Status.Code.INVALID_ARGUMENT, "topic is required", produce("", 0, value("x")));
  }

  @Test
  @Tag("seed-30")
  void oneRecordToEachOfFourPartitionsHasOffsetZeroInEach() throws Exception {
    String topic = newTopic(4);
    for (int partition = 0; partition < 4; partition++) {
      JsonObject produced = client.call(PRODUCER, "Produce", produce(topic, partition, value("x")));
      assertThat(produced.getString("baseOffset")).isEqualTo("0");
      assertThat(produced.getInteger("recordCount")).isEqualTo(1);
    }
  }

  @Test
  @Tag("seed-31")
  void twoBatchesOfTwoToOnePartitionHaveOffsetsZeroAndTwo() throws Exception {
    String topic = newTopic(4);
    assertThat(client
            .call(PRODUCER, "Produce", produce(topic, 1, value("a"), value("b")))
            .getString("baseOffset"))
        .isEqualTo("0");
    assertThat(client
            .call(PRODUCER, "Produce", produce(topic, 1, value("c"), value("d")))
            .getString("baseOffset"))
        .isEqualTo("2");
  }

  @Test
  @Tag("seed-35")
  void aPartitionThatDoesNotExistIsNotFoundAndSaysWhichDo() throws Exception {
    String topic = newTopic(2);
    assertRefused(
        Status.Code.NOT_FOUND,
        "Partition 9 does not exist for topic '" + topic + "' (0..1)",
        produce(topic, 9, value("x")));
    assertRefused(
        Status.Code.NOT_FOUND,
        "Partition -1 does not exist for topic '" + topic + "' (0..1)",
        produce(topic, -1, value("x")));
  }

  @Test
  @Tag("seed-35")
  void aPartitionLedByAnotherAgentIsRefusedWithTheHoldersAddress() throws Exception {
    String topic = newTopic(2);
    client.call(PRODUCER, "Produce", produce(topic, 0, value("a")));
    TestStack.RunningAgent other = stack.startAgent();
    try (ForeignClient otherClient = new ForeignClient(other.address())) {
      assertThatThrownBy(() -> otherClient.call(PRODUCER, "Produce", produce(topic, 0, value("b"))))
          .isInstanceOfSatisfying(StatusRuntimeException.class, e -> {
            assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
            Error error = errorOf(e);
            assertThat(error.getCode()).isEqualTo("NOT_LEADER");
            assertThat(error.getHolderAddress())
                .startsWith("127.0.0.1:")
                .isNotEqualTo(other.address().toString());
            assertThat(error.getMayHaveBeenWritten()).isFalse();
          });
      assertThat(otherClient
              .call(PRODUCER, "Produce", produce(topic, 1, value("c")))
              .getString("baseOffset"))
          .as("the partition that nobody leads is taken")
          .isEqualTo("0");
      JsonObject leases = client.call(
          METADATA, "LookupLeases", new JsonObject().put("topics", new JsonArray().add(topic)));
      assertThat(leases.getJsonArray("topics").getJsonObject(0).getJsonArray("leases"))
          .hasSize(2);
      assertThat(leases.getJsonArray("agents")).hasSize(2);
    } finally {
      stack.stopAgent(other);
    }
    assertThat(
            client.call(PRODUCER, "Produce", produce(topic, 1, value("d"))).getString("baseOffset"))
        .as("a drained agent's partition is taken over at once, its log goes on")
        .isEqualTo("1");
  }

  @Test
  @Tag("seed-39")
  void aHundredTimesAHundredRecordsOneAfterTheOtherHaveDenseOffsets() throws Exception {
    String topic = newTopic(1);
    JsonObject[] records = new JsonObject[100];
    java.util.Arrays.setAll(records, i -> value("v" + i));
    for (int i = 0; i < 100; i++) {
      assertThat(
              client.call(PRODUCER, "Produce", produce(topic, 0, records)).getString("baseOffset"))
          .isEqualTo(String.valueOf(i * 100));
    }
  }

  @Test
  void anUnknownTopicIsNotFound() {
    assertRefused(
        Status.Code.NOT_FOUND,
        "Topic 'missing-topic' does not exist",
        produce("missing-topic", 0, value("x")));
  }

  @Test
  @Tag("never-22")
  void namesThatCouldReachAFileOrAKeyAreRefused() {
    for (String name : List.of(
        "../../etc/passwd",
        "a/b",
        ".",
        "..",
        "a\0b",
        "a b",
        "x".repeat(250),
        "ü",
        "'; DROP TABLE t;--")) {
      assertThatThrownBy(() -> client.call(
              METADATA, "CreateTopic", new JsonObject().put("name", name).put("partitionCount", 1)))
          .as(name)
          .isInstanceOfSatisfying(StatusRuntimeException.class, e -> {
            assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
            assertThat(errorOf(e).getCode()).isEqualTo("INVALID_TOPIC");
          });
    }
  }

  @Test
  void impossiblePartitionCountsAreRefused() {
    for (int count : List.of(-1, 0, 10_001, Integer.MAX_VALUE)) {
      assertThatThrownBy(() -> client.call(
              METADATA,
              "CreateTopic",
              new JsonObject().put("name", "counts").put("partitionCount", count)))
          .hasMessageContaining("partition_count must be 1..10000, but is " + count);
    }
  }

  @Test
  void aSequenceThatIsSentAgainIsAnsweredWithItsOffset() throws Exception {
    String topic = newTopic(1);
    JsonObject identity = client.call(PRODUCER, "InitProducer", new JsonObject());
    JsonObject request = produce(topic, 0, value("a"), value("b"))
        .put("producerId", identity.getString("producerId"))
        .put("producerEpoch", 0)
        .put("baseSequence", 0);
    assertThat(client.call(PRODUCER, "Produce", request).getString("baseOffset"))
        .isEqualTo("0");
    assertThat(client.call(PRODUCER, "Produce", request).getString("baseOffset"))
        .isEqualTo("0");
    assertThat(fetch(topic, 0, 0).getString("endOffset")).isEqualTo("2");
  }

  @Test
  void offsetsAreFoundByTimestamp() throws Exception {
    String topic = newTopic(1);
    for (long timestamp : List.of(100L, 200L, 300L)) {
      client.call(PRODUCER, "Produce", produce(topic, 0, value("x").put("timestampMs", timestamp)));
    }
    assertThat(offset(topic, new JsonObject().put("earliest", true))).isEqualTo("0");
    assertThat(offset(topic, new JsonObject().put("latest", true))).isEqualTo("3");
    assertThat(offset(topic, new JsonObject().put("timestampMs", 150))).isEqualTo("1");
    assertThat(offset(topic, new JsonObject().put("timestampMs", 301))).isEqualTo("3");
  }

  @Test
  void aFetchAtTheEndWaitsForTheNextRecord() throws Exception {
    String topic = newTopic(1);
    client.call(PRODUCER, "Produce", produce(topic, 0, value("a")));
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try {
      Future<JsonObject> waiting = thread.submit(() -> fetch(topic, 0, 1));
      client.call(PRODUCER, "Produce", produce(topic, 0, value("b")));
      assertThat(waiting.get().getJsonArray("records").getJsonObject(0).getString("value"))
          .isEqualTo(base64("b"));
    } finally {
      thread.shutdownNow();
    }
  }

  private static String newTopic(int partitions) throws Exception {
    String name = "topic-" + ++topics;
    client.call(
        METADATA,
        "CreateTopic",
        new JsonObject().put("name", name).put("partitionCount", partitions));
    return name;
  }

  private static JsonObject value(String value) {
    return new JsonObject().put("value", base64(value));
  }

  private static JsonObject produce(String topic, int partition, JsonObject... records) {
    return new JsonObject()
        .put("topic", topic)
        .put("partition", partition)
        .put("records", new JsonArray(List.of(records)));
  }

  private static JsonObject fetch(String topic, int partition, long offset) throws Exception {
    JsonObject request = new JsonObject()
        .put("format", "FETCH_FORMAT_RECORDS")
        .put("maxWaitMs", 10_000)
        .put(
            "partitions",
            new JsonArray()
                .add(new JsonObject()
                    .put("topic", topic)
                    .put("partition", partition)
                    .put("offset", offset)));
    return client.call(FETCH, "Fetch", request).getJsonArray("partitions").getJsonObject(0);
  }

  private static String offset(String topic, JsonObject position) throws Exception {
    return client
        .call(FETCH, "ListOffsets", position.put("topic", topic))
        .getJsonArray("offsets")
        .getJsonObject(0)
        .getString("offset");
  }

  private static void assertRefused(Status.Code code, String message, JsonObject request) {
    assertThatThrownBy(() -> client.call(PRODUCER, "Produce", request))
        .isInstanceOfSatisfying(StatusRuntimeException.class, e -> {
          assertThat(e.getStatus().getCode()).isEqualTo(code);
          assertThat(e.getStatus().getDescription()).isEqualTo(message);
        });
  }

  private static Error errorOf(StatusRuntimeException failure) {
    try {
      return Error.parseFrom(failure.getTrailers().get(ForeignClient.ERROR));
    } catch (com.google.protobuf.InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String base64(String text) {
    return Base64.getEncoder()
        .encodeToString(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }
}
