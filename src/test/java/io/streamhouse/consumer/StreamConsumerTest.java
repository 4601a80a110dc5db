package io.streamhouse.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.streamhouse.ConsumerOptions;
import io.streamhouse.ErrorCode;
import io.streamhouse.StartPosition;
import io.streamhouse.StreamHouseException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
class StreamConsumerTest {
  private final LogTwin log = new LogTwin(2);
  private final List<String> seen = new CopyOnWriteArrayList<>();
  private final List<Throwable> failures = new CopyOnWriteArrayList<>();
  private Vertx vertx;
  private Context context;
  private StreamConsumer consumer;

  @BeforeEach
  void setUp(Vertx vertx) {
    this.vertx = vertx;
    context = vertx.getOrCreateContext();
  }

  private void create(ConsumerOptions options) {
    options.setTopic("t");
    options.validate();
    consumer = new StreamConsumer(vertx, context, options, log);
    consumer.start();
  }

  /** Answers the next fetch on the consumer's context, as a transport would. */
  private void answer() {
    await().until(() -> !log.fetches.isEmpty());
    onContext(log::answerNext);
  }

  private void onContext(Runnable action) {
    result(Future.future(done -> context.runOnContext(v -> {
      action.run();
      done.complete();
    })));
  }

  /** Lets whatever is due on the context happen. */
  private void someTurns() {
    for (int turn = 0; turn < 5; turn++) {
      onContext(() -> {});
    }
  }

  private static <T> T result(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private void collect() {
    consumer.exceptionHandler(failures::add);
    consumer.endHandler(v -> seen.add("end"));
    consumer.handler(record -> seen.add(record.value().toString()));
  }

  @Test
  void everythingUpToTheEndIsDeliveredAndThenTheEnd() {
    log.append(0, 3);
    log.append(1, 1);
    create(new ConsumerOptions().setFollow(false));
    collect();
    answer();

    await().untilAsserted(() -> assertThat(seen).endsWith("end"));
    assertThat(seen).containsExactlyInAnyOrder("0:0", "0:1", "0:2", "1:0", "end");
    assertThat(failures).isEmpty();
    assertThat(log.closed).isTrue();
  }

  @Test
  void anEmptyLogEndsAtOnce() {
    create(new ConsumerOptions().setFollow(false));
    collect();

    await().untilAsserted(() -> assertThat(seen).containsExactly("end"));
    assertThat(log.fetches).isEmpty();
  }

  @Test
  void handlersRunOnTheContextOfCreationWhereverTheyAreSetFrom() {
    log.append(0, 1);
    create(new ConsumerOptions().setFollow(false));
    List<Context> contexts = new CopyOnWriteArrayList<>();
    consumer.endHandler(v -> contexts.add(Vertx.currentContext()));
    consumer.handler(record -> contexts.add(Vertx.currentContext()));
    answer();

    await().untilAsserted(() -> assertThat(contexts).containsExactly(context, context));
  }

  @Test
  void aPausedConsumerDeliversExactlyWhatIsFetched() {
    log.append(0, 10);
    create(new ConsumerOptions());
    consumer.pause();
    collect();
    answer();
    someTurns();
    assertThat(seen).isEmpty();

    consumer.fetch(3);
    someTurns();
    assertThat(seen).containsExactly("0:0", "0:1", "0:2");
    consumer.resume();
    someTurns();
    assertThat(seen).hasSize(10);
  }

  @Test
  void pausingInsideTheHandlerStopsBeforeTheNextRecord() {
    log.append(0, 10);
    create(new ConsumerOptions());
    consumer.handler(record -> {
      seen.add(record.value().toString());
      if (record.offset() == 4) {
        consumer.pause();
      }
    });
    answer();
    someTurns();

    assertThat(seen).hasSize(5);
    assertThat(result(consumer.position(0))).isEqualTo(5);
  }

  @Test
  void aHandlerThatThrowsGetsTheNextRecords() {
    log.append(0, 3);
    create(new ConsumerOptions());
    context.exceptionHandler(failures::add);
    consumer.handler(record -> {
      seen.add(record.value().toString());
      if (record.offset() == 0) {
        throw new IllegalStateException("handler failed");
      }
    });
    answer();

    await().untilAsserted(() -> assertThat(seen).containsExactly("0:0", "0:1", "0:2"));
    assertThat(failures).hasSize(1);
  }

  @Test
  void moreThanATurnOfRecordsArrivesWhole() {
    log.append(0, 5_000);
    create(new ConsumerOptions().setFollow(false));
    collect();
    answer();

    await().untilAsserted(() -> assertThat(seen).hasSize(5_001));
  }

  @Test
  void aSeekDropsWhatIsBufferedAndGoesOnThere() {
    log.append(0, 10);
    create(new ConsumerOptions());
    consumer.pause();
    collect();
    answer();
    result(consumer.seek(0, 8));
    consumer.resume();
    answer();
    answer();

    await().untilAsserted(() -> assertThat(seen).containsExactly("0:8", "0:9"));
    result(consumer.seek(StartPosition.earliest()));
    assertThat(result(consumer.position(0))).isZero();
  }

  @Test
  void chosenPartitionsAndOffsetsAreReadFrom() {
    log.append(0, 5);
    log.append(1, 5);
    create(new ConsumerOptions()
        .setFollow(false)
        .setPartitions(List.of(1))
        .setStartPosition(StartPosition.offsets(Map.of(1, 3L))));
    collect();
    answer();

    await().untilAsserted(() -> assertThat(seen).containsExactly("1:3", "1:4", "end"));
  }

  @Test
  void aPartitionThatDoesNotExistFailsTheConsumerAndSaysWhichDo() {
    create(new ConsumerOptions().setPartitions(List.of(0, 7)));
    collect();

    await().untilAsserted(() -> assertThat(failures).hasSize(1));
    assertThat(failures.get(0)).hasMessage("Partition 7 does not exist for topic 't' (0..1)");
    assertThat(seen).isEmpty();
  }

  @Test
  void anOffsetBehindTheEndFailsThatPartitionAndTheOthersEnd() {
    log.append(0, 2);
    log.append(1, 2);
    create(new ConsumerOptions()
        .setFollow(false)
        .setStartPosition(StartPosition.offsets(Map.of(0, 9L, 1, 1L))));
    collect();
    answer();

    await().untilAsserted(() -> assertThat(seen).containsExactly("1:1", "end"));
    assertThat(failures).hasSize(1);
    assertThat(((StreamHouseException) failures.get(0)).code())
        .isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE);
  }

  @Test
  void aFailureBeforeThereIsAHandlerWaitsForIt() {
    create(new ConsumerOptions().setPartitions(List.of(7)));
    await().until(() -> log.closed);
    collect();

    await().untilAsserted(() -> assertThat(failures).hasSize(1));
  }

  @Test
  void partitionsAddedLaterAreReadFromTheirFirstRecord() {
    create(
        new ConsumerOptions().setStartPosition(StartPosition.latest()).setMetadataRefreshMs(1_000));
    collect();
    await().until(() -> !log.fetches.isEmpty());
    onContext(() -> {
      log.batches.put(2, new java.util.ArrayList<>());
      log.append(2, 1);
      log.leaders.put(2, LogTwin.AGENT_B);
    });
    await().until(() -> log.fetches.size() == 2);
    onContext(log::answerNext);
    onContext(log::answerNext);

    await().untilAsserted(() -> assertThat(seen).containsExactly("2:0"));
  }

  @Test
  void nothingIsDeliveredAfterClose() {
    log.append(0, 1);
    create(new ConsumerOptions());
    collect();
    await().until(() -> !log.fetches.isEmpty());
    result(consumer.close());
    onContext(log::answerNext);
    someTurns();

    assertThat(seen).isEmpty();
    assertThatThrownBy(() -> result(consumer.seek(0, 0))).hasMessageContaining("has ended");
  }

  @Test
  void optionsSurviveTheWayThroughJson() {
    ConsumerOptions options = new ConsumerOptions()
        .setBootstrap(List.of("a:1", "b:2"))
        .setTopic("other")
        .setPartitions(List.of(3, 1))
        .setStartPosition(StartPosition.offsets(Map.of(1, 5L, 3, 6L)))
        .setFollow(false)
        .setFetchBytesMax(2_000)
        .setFetchWaitMs(1)
        .setBufferedBytesMax(3_000)
        .setRequestTimeoutMs(200)
        .setRetryBackoffMs(2)
        .setRetryBackoffMaxMs(3)
        .setRetryTimeoutMs(4)
        .setMetadataRefreshMs(5_000);
    JsonObject defaults = new ConsumerOptions().toJson();
    JsonObject json = options.toJson();
    json.forEach(entry -> assertThat(entry.getValue())
        .as(entry.getKey())
        .isNotEqualTo(defaults.getValue(entry.getKey())));
    assertThat(new ConsumerOptions(json).toJson()).isEqualTo(json);
    assertThat(new ConsumerOptions(options).toJson()).isEqualTo(json);
    assertThatThrownBy(() -> new ConsumerOptions(new JsonObject().put("fetchByteMax", 1)))
        .hasMessageContaining("did you mean fetchBytesMax?");
  }
}
