package io.streamhouse.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.streamhouse.ErrorCode;
import io.streamhouse.Producer;
import io.streamhouse.ProducerOptions;
import io.streamhouse.ProducerRecord;
import io.streamhouse.RecordMetadata;
import io.streamhouse.StreamHouseException;
import io.streamhouse.testing.Await;
import io.streamhouse.testing.ScriptedAgent;
import io.streamhouse.testing.ScriptedAgent.Reaction;
import io.streamhouse.testing.ScriptedCluster;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** No record without an answer, however the producer ends. */
@Timeout(60)
class ProducerCloseTest {
  private Vertx agentVertx;
  private Vertx vertx;
  private ScriptedAgent agent;
  private ScriptedCluster cluster;

  @BeforeEach
  void start() {
    agentVertx = Vertx.vertx();
    vertx = Vertx.vertx();
    cluster = new ScriptedCluster();
    cluster.createTopic("t", 3);
    agent = ScriptedAgent.start(agentVertx, cluster, "a");
  }

  @AfterEach
  void stop() {
    Await.result(vertx.close());
    Await.result(agentVertx.close());
  }

  private ProducerOptions options() {
    return new ProducerOptions().setBootstrap(List.of(agent.address())).setCloseTimeoutMs(5_000);
  }

  /** Sends from several threads until told to stop; keeps every future. */
  private static final class Load {
    final Queue<Future<RecordMetadata>> sent = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean going = new AtomicBoolean(true);
    private final List<Thread> threads = new ArrayList<>();

    Load(Producer producer) {
      for (int i = 0; i < 4; i++) {
        Thread thread = new Thread(() -> {
          while (going.get()) {
            sent.add(producer.send(ProducerRecord.of("t", "v")));
            if (sent.size() > 200_000) {
              Thread.onSpinWait();
              return;
            }
          }
        });
        threads.add(thread);
        thread.start();
      }
    }

    void stop() throws InterruptedException {
      going.set(false);
      for (Thread thread : threads) {
        thread.join();
      }
    }
  }

  private void everyRecordHasItsAnswer(Load load) {
    assertThat(load.sent).isNotEmpty();
    await().until(() -> load.sent.stream().allMatch(Future::isComplete));
    long acknowledged = load.sent.stream().filter(Future::succeeded).count();
    long written = 0;
    for (int partition = 0; partition < 3; partition++) {
      written += cluster.values(cluster.partition("t", partition)).size();
    }
    long perhaps = load.sent.stream()
        .filter(Future::failed)
        .filter(future -> ((StreamHouseException) future.cause()).mayHaveBeenWritten())
        .count();
    assertThat(acknowledged).isPositive();
    assertThat(written).isBetween(acknowledged, acknowledged + perhaps);
  }

  @Test
  void closingUnderLoadLeavesNothingOpen() throws Exception {
    Producer producer = Producer.create(vertx, options());
    Load load = new Load(producer);
    await().until(() -> load.sent.stream().anyMatch(Future::succeeded));

    Await.result(producer.close());
    load.stop();

    everyRecordHasItsAnswer(load);
    assertThat(vertx.deploymentIDs()).isEmpty();
  }

  @Test
  void closingVertxUnderLoadLeavesNothingOpen() throws Exception {
    Producer producer = Producer.create(vertx, options());
    Load load = new Load(producer);
    await().until(() -> load.sent.stream().anyMatch(Future::succeeded));

    Await.result(vertx.close());
    load.stop();

    everyRecordHasItsAnswer(load);
  }

  @Test
  void closingVertxAtOnceLeavesNothingOpen() {
    for (int i = 0; i < 20; i++) {
      Vertx shortLived = Vertx.vertx();
      Producer producer = Producer.create(shortLived, options());
      List<Future<RecordMetadata>> sent = new ArrayList<>();
      for (int record = 0; record < 100; record++) {
        sent.add(producer.send(ProducerRecord.of("t", "v")));
      }
      Future<Void> flush = producer.flush();
      Await.result(shortLived.close());

      await().until(() -> sent.stream().allMatch(Future::isComplete));
      await().until(flush::isComplete);
    }
  }

  @Test
  void closingAnAgentlessProducerFailsWhatIsLeftAfterTheTimeout() {
    agent.script((batch, n) -> new Reaction.Ignore());
    Producer producer = Producer.create(vertx, options().setCloseTimeoutMs(200));
    Future<RecordMetadata> inFlight = producer.send(ProducerRecord.of("t", "v"));
    await().until(() -> !agent.received().isEmpty());
    agent.answersLookups(false);
    Future<RecordMetadata> waiting = producer.send(ProducerRecord.of("other", "v"));

    Await.result(producer.close());

    StreamHouseException failure = (StreamHouseException) Await.failure(inFlight);
    assertThat(failure.code()).isEqualTo(ErrorCode.CLOSED);
    assertThat(failure.mayHaveBeenWritten()).isTrue();
    failure = (StreamHouseException) Await.failure(waiting);
    assertThat(failure.code()).isEqualTo(ErrorCode.CLOSED);
    assertThat(failure.mayHaveBeenWritten()).isFalse();
    assertThat(((PipelineProducer) producer).accumulator().memoryBytes()).isZero();
  }

  @Test
  void closeFlushesAndMayBeCalledTwice() {
    Producer producer = Producer.create(vertx, options().setLingerMs(60_000));
    Future<RecordMetadata> sent = producer.send(ProducerRecord.of("t", "v"));

    Await.result(Future.all(producer.close(), producer.close()));
    Await.result(producer.close());

    assertThat(sent.succeeded()).isTrue();
    assertThat(((StreamHouseException) Await.failure(producer.send(ProducerRecord.of("t", "v"))))
            .code())
        .isEqualTo(ErrorCode.CLOSED);
    Await.result(producer.flush());
  }

  @Test
  void aProducerOfAClosedVertxFailsEverything() {
    Await.result(vertx.close());
    Producer producer = Producer.create(vertx, options());

    StreamHouseException failure =
        (StreamHouseException) Await.failure(producer.send(ProducerRecord.of("t", "v")));
    assertThat(failure.code()).isEqualTo(ErrorCode.CLOSED);
    Await.result(producer.close());
  }

  @Test
  void memoryIsFreeOnceEverythingIsAnswered() {
    Producer producer = Producer.create(vertx, options());
    List<Future<RecordMetadata>> sent = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      sent.add(producer.send(ProducerRecord.of(i % 10 == 0 ? "missing" : "t", "v")));
    }
    Await.result(producer.flush());

    assertThat(sent).allMatch(Future::isComplete);
    assertThat(((PipelineProducer) producer).accumulator().memoryBytes()).isZero();
  }

  @Test
  void aFullQueueDrainsAndSaysSoOnce() {
    agent.script((batch, n) -> new Reaction.Ignore());
    Producer producer = Producer.create(vertx, options().setRequestTimeoutMs(200));
    producer.setWriteQueueMaxSize(10_000);
    assertThat(producer.writeQueueFull()).isFalse();
    while (!producer.writeQueueFull()) {
      producer.write(ProducerRecord.of("t", "x".repeat(1_000)));
    }
    List<Long> drained = new ArrayList<>();
    producer.drainHandler(
        v -> drained.add(((PipelineProducer) producer).accumulator().memoryBytes()));
    assertThat(drained).isEmpty();

    agent.script((batch, n) -> ScriptedAgent.ACCEPT);

    await().until(() -> !drained.isEmpty());
    Await.result(producer.flush());
    assertThat(drained).hasSize(1);
    assertThat(drained.get(0)).isLessThanOrEqualTo(5_000);
    assertThat(producer.writeQueueFull()).isFalse();
  }

  @Test
  void failuresOfWritesGoToTheExceptionHandler() {
    Producer producer = Producer.create(vertx, options());
    List<Throwable> failures = new ArrayList<>();
    producer.exceptionHandler(failures::add);

    Await.failure(producer.write(ProducerRecord.of("missing", "v")));
    Await.result(producer.write(ProducerRecord.of("t", "v")));
    Await.result(producer.end());

    assertThat(failures).singleElement().satisfies(failure -> assertThat(failure)
        .hasMessage("Topic 'missing' does not exist"));
  }

  @Test
  void aCallerThatNeverLooksBackIsRefusedWhenBothBoundsAreReached() {
    agent.answersLookups(false);
    Producer producer = Producer.create(
        vertx,
        options()
            .setBufferMemoryBytes(256 << 10)
            .setRecordBytesMax(64 << 10)
            .setCloseTimeoutMs(50)
            .setMaxBlockMs(300));
    List<Future<RecordMetadata>> sent = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      sent.add(producer.send(ProducerRecord.of("t", "x".repeat(10_000))));
    }
    List<Future<RecordMetadata>> refused =
        sent.stream().filter(Future::isComplete).toList();

    assertThat(refused).hasSizeBetween(40, 60);
    assertThat(((PipelineProducer) producer).accumulator().memoryBytes())
        .isLessThanOrEqualTo(2 * (256 << 10));
    assertThat(((StreamHouseException) refused.get(0).cause()).code())
        .isEqualTo(ErrorCode.BUFFER_FULL);
    await().untilAsserted(() -> assertThat(sent.stream().filter(Future::isComplete))
        .hasSizeBetween(70, 80));
  }
}
