package io.streamhouse;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamhouse.testing.TestStack;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Producer, agent, PostgreSQL, S3 and consumer together, over sockets. */
class EndToEndTest {
  private final TestStack stack = new TestStack();

  @AfterEach
  void stop() {
    stack.close();
  }

  @Test
  @Tag("seed-40")
  void fiveSendsThatFillNoBatchHaveOffsetsAndAreReadable() {
    TestStack.RunningAgent agent = stack.startAgent();
    stack.createTopic("orders", 1);
    Producer producer = producer(options(agent).setBatchRecordsMax(10).setLingerMs(100));
    List<Future<RecordMetadata>> sent = send(producer, 5);
    TestStack.await(producer.flush());
    TestStack.await(producer.close());
    assertThat(sent)
        .extracting(metadata -> metadata.result().offset())
        .containsExactly(0L, 1L, 2L, 3L, 4L);
    assertThat(read(agent)).containsExactlyElementsOf(values(5));
  }

  @Test
  @Tag("seed-42")
  void sendsWithoutFlushAreDurableAfterLingerAndOneFlush() {
    TestStack.RunningAgent agent = stack.startAgent();
    stack.createTopic("orders", 1);
    Producer producer = producer(options(agent).setBatchRecordsMax(1000).setLingerMs(100));
    List<Future<RecordMetadata>> sent = send(producer, 5);
    for (Future<RecordMetadata> metadata : sent) {
      TestStack.await(metadata);
    }
    assertThat(read(agent)).containsExactlyElementsOf(values(5));
  }

  @Test
  @Tag("seed-44")
  void tenThousandRecordsHaveDenseOffsetsAndAreReadableAfterARestart() {
    TestStack.RunningAgent agent = stack.startAgent();
    stack.createTopic("orders", 1);
    Producer producer = producer(options(agent));
    List<Future<RecordMetadata>> sent = send(producer, 10_000);
    TestStack.await(producer.flush());
    for (int i = 0; i < 10_000; i++) {
      assertThat(sent.get(i).result().offset()).isEqualTo(i);
    }
    TestStack.await(producer.close());

    stack.stopAgent(agent);
    assertThat(read(stack.startAgent())).containsExactlyElementsOf(values(10_000));
  }

  @Test
  @Tag("never-19")
  void keysHeadersNullsAndTimestampsArriveAsTheyWereSent() {
    TestStack.RunningAgent agent = stack.startAgent();
    stack.createTopic("orders", 1);
    List<ProducerRecord> records = List.of(
        ProducerRecord.of("orders", Buffer.buffer("key"), Buffer.buffer("value"))
            .withTimestampMs(1),
        ProducerRecord.of("orders", Buffer.buffer(), null).withTimestampMs(2),
        ProducerRecord.of("orders", null, Buffer.buffer()).withTimestampMs(3),
        ProducerRecord.of("orders", "bare")
            .withTimestampMs(4)
            .withHeaders(List.of(
                RecordHeader.of("a", "1"),
                new RecordHeader("a", null),
                new RecordHeader("", Buffer.buffer()))));
    for (String compression : List.of("none", "gzip", "snappy", "lz4", "zstd")) {
      Producer producer = producer(options(agent).setCompression(compression));
      records.forEach(record -> producer.send(record.withPartition(0)));
      TestStack.await(producer.close());
    }
    List<ConsumerRecord> read = consume(agent);
    assertThat(read).hasSize(20);
    for (int i = 0; i < read.size(); i++) {
      ProducerRecord sent = records.get(i % 4);
      ConsumerRecord got = read.get(i);
      assertThat(got.offset()).isEqualTo(i);
      assertThat(got.key()).isEqualTo(sent.key());
      assertThat(got.value()).isEqualTo(sent.value());
      assertThat(got.headers()).isEqualTo(sent.headers());
      assertThat(got.timestampMs()).isEqualTo(sent.timestampMs());
    }
  }

  @Test
  @Tag("never-12")
  @Tag("never-14")
  void severalAgentsShareATopicAndTheirPartitionsMoveWhenOneStops() {
    TestStack.RunningAgent first = stack.startAgent();
    TestStack.RunningAgent second = stack.startAgent();
    stack.createTopic("orders", 8);
    Producer producer = producer(new ProducerOptions()
        .setBootstrap(List.of(first.address().toString(), second.address().toString())));
    List<Future<RecordMetadata>> sent = new ArrayList<>();
    for (int i = 0; i < 800; i++) {
      sent.add(producer.send(ProducerRecord.of("orders", "value " + i).withPartition(i % 8)));
    }
    TestStack.await(producer.flush());
    stack.stopAgent(first);
    for (int i = 800; i < 1_600; i++) {
      sent.add(producer.send(ProducerRecord.of("orders", "value " + i).withPartition(i % 8)));
    }
    TestStack.await(producer.flush());
    for (int i = 0; i < sent.size(); i++) {
      assertThat(sent.get(i).result().offset()).isEqualTo(i / 8);
    }
    assertThat(consume(second)).hasSize(1_600);
  }

  private static ProducerOptions options(TestStack.RunningAgent agent) {
    return new ProducerOptions().setBootstrap(List.of(agent.address().toString()));
  }

  private Producer producer(ProducerOptions options) {
    return Producer.create(stack.vertx(), options);
  }

  private static List<Future<RecordMetadata>> send(Producer producer, int count) {
    return values(count).stream()
        .map(value -> producer.send(ProducerRecord.of("orders", value)))
        .toList();
  }

  private static List<String> values(int count) {
    return IntStream.range(0, count).mapToObj(i -> "value " + i).toList();
  }

  private List<String> read(TestStack.RunningAgent agent) {
    return consume(agent).stream().map(record -> record.value().toString()).toList();
  }

  /** Everything from the earliest record to the end. */
  private List<ConsumerRecord> consume(TestStack.RunningAgent agent) {
    Consumer consumer = Consumer.create(
        stack.vertx(),
        new ConsumerOptions()
            .setBootstrap(List.of(agent.address().toString()))
            .setTopic("orders")
            .setFollow(false));
    List<ConsumerRecord> records = new ArrayList<>();
    Promise<List<ConsumerRecord>> end = Promise.promise();
    consumer.exceptionHandler(end::tryFail);
    consumer.endHandler(v -> end.tryComplete(records));
    consumer.handler(records::add);
    List<ConsumerRecord> all = TestStack.await(end.future());
    TestStack.await(consumer.close());
    return all;
  }
}
