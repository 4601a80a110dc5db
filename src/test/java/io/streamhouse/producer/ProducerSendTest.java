package io.streamhouse.producer;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamhouse.ErrorCode;
import io.streamhouse.Producer;
import io.streamhouse.ProducerOptions;
import io.streamhouse.ProducerRecord;
import io.streamhouse.RecordHeader;
import io.streamhouse.RecordMetadata;
import io.streamhouse.StreamHouseException;
import io.streamhouse.common.PartitionId;
import io.streamhouse.record.LogRecord;
import io.streamhouse.record.RecordBatch;
import io.streamhouse.testing.Await;
import io.streamhouse.testing.ScriptedAgent;
import io.streamhouse.testing.ScriptedCluster;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A whole producer against an agent that behaves. */
@Timeout(60)
class ProducerSendTest {
  private Vertx vertx;
  private ScriptedCluster cluster;
  private ScriptedAgent agent;

  @BeforeEach
  void start() {
    vertx = Vertx.vertx();
    cluster = new ScriptedCluster();
    agent = ScriptedAgent.start(vertx, cluster, "a");
  }

  @AfterEach
  void stop() {
    Await.result(vertx.close());
  }

  private ProducerOptions options() {
    return new ProducerOptions().setBootstrap(List.of(agent.address()));
  }

  private Producer producer(ProducerOptions options) {
    return Producer.create(vertx, options);
  }

  private static List<RecordMetadata> results(List<Future<RecordMetadata>> futures) {
    return Await.result(Future.all(futures)).list();
  }

  @Test
  @Tag("seed-40")
  void fiveSendsAndAFlushGiveOffsetsZeroToFour() {
    cluster.createTopic("t", 1);
    Producer producer = producer(options().setLingerMs(100).setBatchRecordsMax(10));

    List<Future<RecordMetadata>> sent = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      sent.add(producer.send(ProducerRecord.of("t", "v" + i)));
    }
    Await.result(producer.flush());
    assertThat(sent).allMatch(Future::succeeded);
    assertThat(results(sent))
        .extracting(RecordMetadata::offset)
        .containsExactly(0L, 1L, 2L, 3L, 4L);
    Await.result(producer.close());

    assertThat(cluster.values(cluster.partition("t", 0)))
        .containsExactly("v0", "v1", "v2", "v3", "v4");
  }

  @Test
  @Tag("seed-41")
  void tenSendsInBatchesOfThreeMakeFourBatches() {
    cluster.createTopic("t", 1);
    Producer producer = producer(options().setLingerMs(10_000).setBatchRecordsMax(3));

    for (int i = 0; i < 10; i++) {
      producer.send(ProducerRecord.of("t", "v" + i));
    }
    Await.result(producer.flush());

    assertThat(cluster.log(cluster.partition("t", 0)))
        .extracting(batch -> RecordBatch.at(batch.bytes(), 0).recordCount())
        .containsExactly(3, 3, 3, 1);
  }

  @Test
  @Tag("seed-42")
  void keylessSendsAreAcknowledgedByLingerWithoutAFlush() {
    cluster.createTopic("t", 4);
    Producer producer = producer(options().setLingerMs(100).setBatchRecordsMax(1_000));

    List<Future<RecordMetadata>> sent = IntStream.range(0, 5)
        .mapToObj(i -> producer.send(ProducerRecord.of("t", "v" + i)))
        .toList();

    assertThat(results(sent))
        .extracting(RecordMetadata::offset)
        .containsExactly(0L, 1L, 2L, 3L, 4L);
    assertThat(agent.received()).hasSize(1);
  }

  @Test
  @Tag("seed-44")
  void tenThousandSendsAndAFlushGiveDenseOffsets() {
    cluster.createTopic("t", 1);
    Producer producer = producer(options());

    List<Future<RecordMetadata>> sent = IntStream.range(0, 10_000)
        .mapToObj(i -> producer.send(ProducerRecord.of("t", "v" + i)))
        .toList();
    Await.result(producer.flush());

    assertThat(sent).allMatch(Future::succeeded);
    assertThat(results(sent))
        .extracting(RecordMetadata::offset)
        .containsExactlyElementsOf(LongStream.range(0, 10_000).boxed().toList());
    assertThat(cluster.values(cluster.partition("t", 0)))
        .containsExactlyElementsOf(
            IntStream.range(0, 10_000).mapToObj(i -> "v" + i).toList());
  }

  @Test
  @Tag("seed-45")
  void theResultNamesTopicPartitionOffsetAndTimestamp() {
    cluster.createTopic("t", 8);
    Producer producer = producer(options());

    RecordMetadata first =
        Await.result(producer.send(ProducerRecord.of("t", "key", "v").withTimestampMs(1234)));
    RecordMetadata second = Await.result(producer.send(ProducerRecord.of("t", "key", "v")));

    assertThat(first.topic()).isEqualTo("t");
    assertThat(first.partition()).isBetween(0, 7);
    assertThat(first.offset()).isZero();
    assertThat(first.timestampMs()).isEqualTo(1234);
    assertThat(second.partition()).isEqualTo(first.partition());
    assertThat(second.offset()).isEqualTo(1);
    assertThat(second.timestampMs())
        .isCloseTo(System.currentTimeMillis(), org.assertj.core.data.Offset.offset(60_000L));
  }

  @Test
  @Tag("seed-46")
  void anExplicitPartitionIsHonoured() {
    cluster.createTopic("t", 3);
    Producer producer = producer(options());

    for (int partition = 0; partition < 3; partition++) {
      RecordMetadata result =
          Await.result(producer.send(ProducerRecord.of("t", "k", "v").withPartition(partition)));
      assertThat(result.partition()).isEqualTo(partition);
    }
  }

  @Test
  @Tag("seed-47")
  void aPartitionThatDoesNotExistFailsAndSaysSo() {
    cluster.createTopic("t", 3);
    Producer producer = producer(options());

    Throwable failure = Await.failure(producer.send(ProducerRecord.of("t", "v").withPartition(10)));

    assertThat(failure).hasMessage("Partition 10 does not exist for topic 't' (0..2)");
    assertThat(((StreamHouseException) failure).code()).isEqualTo(ErrorCode.UNKNOWN_PARTITION);
    assertThat(((StreamHouseException) failure).mayHaveBeenWritten()).isFalse();
  }

  @Test
  @Tag("seed-48")
  void aTopicThatDoesNotExistFailsAndSaysSo() {
    Producer producer = producer(options());

    Throwable failure = Await.failure(producer.send(ProducerRecord.of("missing-topic", "v")));

    assertThat(failure).hasMessage("Topic 'missing-topic' does not exist");
    assertThat(((StreamHouseException) failure).code()).isEqualTo(ErrorCode.UNKNOWN_TOPIC);
  }

  @Test
  void aTopicCreatedAfterAFailedSendIsFound() {
    Producer producer = producer(options());
    Await.failure(producer.send(ProducerRecord.of("t", "v")));

    cluster.createTopic("t", 1);

    assertThat(Await.result(producer.send(ProducerRecord.of("t", "v"))).offset())
        .isZero();
  }

  @Test
  void aTopicMadeAgainUnderItsNameIsFoundUnderItsNewId() {
    cluster.createTopic("t", 1);
    Producer producer = producer(options());
    Await.result(producer.send(ProducerRecord.of("t", "old")));
    cluster.deleteTopic("t");
    PartitionId fresh = new PartitionId(cluster.createTopic("t", 2).id(), 0);

    StreamHouseException failure =
        (StreamHouseException) Await.failure(producer.send(ProducerRecord.of("t", "lost")));
    Await.result(producer.send(ProducerRecord.of("t", "new").withPartition(0)));

    assertThat(failure.code()).isEqualTo(ErrorCode.UNKNOWN_TOPIC);
    assertThat(failure.mayHaveBeenWritten()).isFalse();
    assertThat(cluster.values(fresh)).containsExactly("new");
  }

  @Test
  void anIllegalTopicNameFailsWithoutAskingAnybody() {
    Producer producer = producer(options());

    StreamHouseException failure =
        (StreamHouseException) Await.failure(producer.send(ProducerRecord.of("../etc", "v")));

    assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_TOPIC);
    assertThat(agent.lookups()).isZero();
  }

  @Test
  void aRecordBeyondTheLimitFailsAtOnceAndNamesBothSizes() {
    cluster.createTopic("t", 1);
    Producer producer = producer(options().setRecordBytesMax(1_000));

    Future<RecordMetadata> sent =
        producer.send(ProducerRecord.of("t", Buffer.buffer(new byte[1_001])));

    assertThat(sent.isComplete()).isTrue();
    StreamHouseException failure = (StreamHouseException) sent.cause();
    assertThat(failure.code()).isEqualTo(ErrorCode.RECORD_TOO_LARGE);
    assertThat(failure).hasMessageContaining("1000").hasMessageContaining("10");
  }

  @Test
  void aRecordLargerThanABatchGoesAlone() {
    cluster.createTopic("t", 1);
    Producer producer = producer(options().setBatchBytesMax(1 << 10).setLingerMs(10_000));
    String large = "x".repeat(5_000);

    List<Future<RecordMetadata>> sent = List.of(
        producer.send(ProducerRecord.of("t", "a")),
        producer.send(ProducerRecord.of("t", large)),
        producer.send(ProducerRecord.of("t", "b")));
    Await.result(producer.flush());

    assertThat(results(sent)).extracting(RecordMetadata::offset).containsExactly(0L, 1L, 2L);
    assertThat(cluster.values(cluster.partition("t", 0))).containsExactly("a", large, "b");
    assertThat(agent.received()).hasSize(3);
  }

  @Test
  void keysValuesHeadersAndTimestampsArriveAsTheyWere() {
    cluster.createTopic("t", 1);
    Producer producer = producer(options());
    List<RecordHeader> headers =
        List.of(RecordHeader.of("h", "1"), new RecordHeader("h", null), RecordHeader.of("", ""));

    Await.result(producer.send(ProducerRecord.of("t", (Buffer) null)));
    Await.result(producer.send(ProducerRecord.of("t", Buffer.buffer(), Buffer.buffer())
        .withHeaders(headers)
        .withTimestampMs(42)));

    List<LogRecord> records = new ArrayList<>();
    cluster
        .log(cluster.partition("t", 0))
        .forEach(batch -> RecordBatch.at(batch.bytes(), 0).records(1 << 20).forEach(records::add));
    assertThat(records.get(0).key()).isNull();
    assertThat(records.get(0).value()).isNull();
    assertThat(records.get(1).key()).isEqualTo(Buffer.buffer());
    assertThat(records.get(1).value()).isEqualTo(Buffer.buffer());
    assertThat(records.get(1).headers()).isEqualTo(headers);
    assertThat(records.get(1).timestampMs()).isEqualTo(42);
  }

  @Test
  void compressedBatchesArriveWhole() {
    cluster.createTopic("t", 1);
    for (String compression : List.of("gzip", "snappy", "lz4", "zstd")) {
      Producer producer = producer(options().setCompression(compression));
      List<Future<RecordMetadata>> sent = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        sent.add(producer.send(ProducerRecord.of("t", compression + " value value value " + i)));
      }
      results(sent);
      Await.result(producer.close());
    }

    List<String> values = cluster.values(cluster.partition("t", 0));
    assertThat(values).hasSize(400).endsWith("zstd value value value 99");
  }

  @Test
  void twoProducersOfOneVertxDoNotHearEachOther() {
    cluster.createTopic("t", 1);
    Producer left = producer(options());
    Producer right = producer(options());

    List<Future<RecordMetadata>> sent = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      sent.add((i % 2 == 0 ? left : right).send(ProducerRecord.of("t", "v" + i)));
    }
    Set<Long> offsets = new HashSet<>();
    results(sent).forEach(result -> offsets.add(result.offset()));

    assertThat(offsets).hasSize(100);
    Await.result(left.close());
    assertThat(Await.result(right.send(ProducerRecord.of("t", "after"))).offset())
        .isEqualTo(100);
  }

  @Test
  @Tag("seed-43")
  void concurrentSendersEachKeepTheirOrder() throws Exception {
    cluster.createTopic("t", 1);
    Producer producer = producer(options().setBatchRecordsMax(7));
    int senders = 50;
    int each = 200;
    List<List<Future<RecordMetadata>>> sent = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();
    for (int sender = 0; sender < senders; sender++) {
      List<Future<RecordMetadata>> mine = new ArrayList<>();
      sent.add(mine);
      String prefix = sender + ":";
      threads.add(new Thread(() -> {
        for (int i = 0; i < each; i++) {
          mine.add(producer.send(ProducerRecord.of("t", prefix + i)));
        }
      }));
    }
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }

    Set<Long> all = new HashSet<>();
    for (List<Future<RecordMetadata>> mine : sent) {
      AtomicLong last = new AtomicLong(-1);
      results(mine).forEach(result -> {
        assertThat(result.offset()).isGreaterThan(last.getAndSet(result.offset()));
        all.add(result.offset());
      });
    }
    assertThat(all).hasSize(senders * each);
  }

  @Test
  void aFullStreamSharesMessagesAmongBatches() {
    cluster.createTopic("t", 1);
    Producer producer =
        producer(options().setBatchRecordsMax(1).setMaxInFlightBatchesPerPartition(64));
    Await.result(producer.send(ProducerRecord.of("t", "first")));
    int before = agent.messages();

    List<Future<RecordMetadata>> sent = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      sent.add(producer.send(ProducerRecord.of("t", "v" + i)));
    }
    results(sent);

    assertThat(agent.messages() - before).isLessThan(60);
    assertThat(agent.connections()).isLessThanOrEqualTo(2);
  }
}
