package io.streamhouse.producer.accumulator;

import static io.streamhouse.producer.accumulator.AccumulatorHarness.values;
import static org.assertj.core.api.Assertions.assertThat;

import io.streamhouse.ErrorCode;
import io.streamhouse.ProducerOptions;
import io.streamhouse.ProducerRecord;
import io.streamhouse.RecordHeader;
import io.streamhouse.RecordMetadata;
import io.streamhouse.StreamHouseException;
import io.streamhouse.bus.SealedBatch;
import io.streamhouse.record.RecordBatch;
import io.streamhouse.record.RecordBatchBuilder;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class RecordAccumulatorTest {
  private static final StreamHouseException UNREACHABLE =
      StreamHouseException.of(ErrorCode.UNAVAILABLE, "cannot reach an agent at x:1");

  private static ProducerOptions options() {
    return new ProducerOptions().setLingerMs(1_000);
  }

  private static ProducerRecord to(String topic, int partition, String value) {
    return ProducerRecord.of(topic, value).withPartition(partition);
  }

  @Test
  @Tag("seed-01")
  void aRecordsAccountedSizeCoversKeyValueHeadersAndEncoding() {
    Buffer key = Buffer.buffer("key");
    Buffer value = Buffer.buffer("value");
    List<RecordHeader> headers = List.of(RecordHeader.of("h", "v"));
    RecordBatchBuilder batch = new RecordBatchBuilder(0, 1 << 20);
    batch.tryAppend(1, key, value, headers);
    int encoded = batch.sizeBytes() - RecordBatch.HEADER_BYTES;

    long accounted = RecordBatchBuilder.recordSizeBytes(0, 0, key, value, headers);

    assertThat(accounted).isEqualTo(encoded);
    assertThat(encoded).isGreaterThan(3 + 5 + 1 + 1);
    AccumulatorHarness harness = new AccumulatorHarness(options());
    harness.send(new ProducerRecord("t", 0, null, key, value, headers));
    assertThat(harness.budget.reservedBytes())
        .isEqualTo(accounted + MemoryBudget.RECORD_OVERHEAD_BYTES);
  }

  @Test
  @Tag("seed-02")
  void aRecordInAnEmptyPartitionMakesABatchOfOne() {
    AccumulatorHarness harness = new AccumulatorHarness(options());
    harness.topic("orders", 1);
    assertThat(harness.accumulator.isEmpty()).isTrue();

    harness.send(to("orders", 0, "a"));
    harness.topic("orders", 1);

    assertThat(harness.accumulator.stats().records()).isEqualTo(1);
    assertThat(harness.accumulator.isEmpty()).isFalse();
  }

  @Test
  @Tag("seed-03")
  @Tag("seed-07")
  void aBatchOfTwoIsOpenAfterOneAndSealedAfterTwo() {
    AccumulatorHarness harness = known(options().setBatchRecordsMax(2), 1);

    harness.send(to("orders", 0, "a"));
    assertThat(harness.sealed).isEmpty();
    harness.send(to("orders", 0, "b"));

    assertThat(harness.sealed).hasSize(1);
    assertThat(harness.sealed.get(0).topic()).isEqualTo("orders");
    assertThat(harness.sealed.get(0).partitionId().partition()).isZero();
    assertThat(harness.sealed.get(0).recordCount()).isEqualTo(2);
  }

  @Test
  @Tag("seed-04")
  @Tag("seed-24")
  void aBatchThatWouldExceedItsBytesIsSealedBefore() {
    AccumulatorHarness harness = known(options().setBatchBytesMax(1 << 10), 1);
    String value = "x".repeat(300);

    for (int i = 0; i < 4; i++) {
      harness.send(to("orders", 0, value));
    }

    assertThat(harness.sealed).hasSize(1);
    assertThat(harness.sealed.get(0).recordCount()).isEqualTo(3);
    assertThat(harness.sealed.get(0).records().remaining()).isLessThanOrEqualTo(1 << 10);
    assertThat(harness.accumulator.stats().records()).isEqualTo(1);
  }

  @Test
  @Tag("seed-04")
  void aSingleLargerRecordGoesAlone() {
    AccumulatorHarness harness = known(options().setBatchBytesMax(1 << 10), 1);
    String large = "x".repeat(2_000);

    harness.send(to("orders", 0, "before"));
    harness.send(to("orders", 0, large));

    assertThat(harness.sealed).hasSize(2);
    assertThat(values(harness.sealed.get(0))).containsExactly("before");
    assertThat(values(harness.sealed.get(1))).containsExactly(large);
  }

  @Test
  @Tag("seed-05")
  void sealingGivesTheRecordsInOrderAndLeavesNothing() {
    AccumulatorHarness harness = known(options(), 1);
    for (int i = 0; i < 5; i++) {
      harness.send(to("orders", 0, "v" + i));
    }

    harness.flush();

    assertThat(values(harness.sealed.get(0))).containsExactly("v0", "v1", "v2", "v3", "v4");
    assertThat(harness.accumulator.stats()).isEqualTo(new AccumulatorStats(0, 0, 0));
  }

  @Test
  @Tag("seed-06")
  void twoPartitionsCountAsTwo() {
    AccumulatorHarness harness = known(options(), 2);

    harness.send(to("orders", 0, "a"));
    harness.send(to("orders", 1, "b"));

    assertThat(harness.accumulator.stats().partitions()).isEqualTo(2);
    assertThat(harness.accumulator.stats().records()).isEqualTo(2);
    assertThat(harness.accumulator.stats().bytes()).isPositive();
  }

  @Test
  @Tag("seed-08")
  @Tag("seed-36")
  void aFlushSealsEveryOpenBatchOfEveryTopic() {
    AccumulatorHarness harness = known(options(), 2);
    harness.send(to("events", 0, "e"));
    harness.topic("events", 1);
    harness.send(to("orders", 0, "a"));
    harness.send(to("orders", 0, "b"));
    assertThat(harness.accumulator.stats().partitions()).isEqualTo(2);
    assertThat(harness.accumulator.stats().records()).isEqualTo(3);

    harness.flush();

    assertThat(harness.sealed).extracting(SealedBatch::recordCount).containsExactlyInAnyOrder(2, 1);
    assertThat(harness.accumulator.stats().records()).isZero();
  }

  @Test
  @Tag("seed-32")
  void fourPartitionsOfFiveRecordsFlushAsFourBatchesOfFive() {
    AccumulatorHarness harness = known(options(), 4);
    for (int i = 0; i < 20; i++) {
      harness.send(to("orders", i % 4, "v" + i));
    }
    assertThat(harness.accumulator.stats().partitions()).isEqualTo(4);
    assertThat(harness.accumulator.stats().records()).isEqualTo(20);

    harness.flush();

    assertThat(harness.sealed).extracting(SealedBatch::recordCount).containsExactly(5, 5, 5, 5);
  }

  @Test
  @Tag("seed-23")
  void aBatchOfTenIsSealedByTheTenthRecord() {
    AccumulatorHarness harness = known(options().setBatchRecordsMax(10), 1);

    for (int i = 0; i < 9; i++) {
      harness.send(to("orders", 0, "v"));
    }
    assertThat(harness.sealed).isEmpty();
    harness.send(to("orders", 0, "v"));

    assertThat(harness.sealed).extracting(SealedBatch::recordCount).containsExactly(10);
  }

  @Test
  @Tag("seed-25")
  void lingerCountsFromTheFirstRecordOfTheBatch() {
    AccumulatorHarness harness = known(options().setLingerMs(100), 1);
    harness.send(to("orders", 0, "a"));
    harness.advanceMs(60);
    harness.send(to("orders", 0, "b"));
    harness.advanceMs(39);
    assertThat(harness.sealed).isEmpty();
    assertThat(harness.accumulator.nextWakeNanos())
        .isEqualTo(OptionalLong.of(harness.nowNanos() + 1_000_000));

    harness.advanceMs(1);

    assertThat(harness.sealed).extracting(SealedBatch::recordCount).containsExactly(2);
    assertThat(harness.accumulator.nextWakeNanos()).isEmpty();
  }

  @Test
  void lingerZeroSealsAtTheEndOfTheTurn() {
    AccumulatorHarness harness = known(options().setLingerMs(0), 1);
    harness.send(to("orders", 0, "a"));
    assertThat(harness.sealed).hasSize(1);
  }

  @Test
  void keylessRecordsStayTogetherUntilTheirBatchIsSealed() {
    AccumulatorHarness harness = known(options().setBatchRecordsMax(3), 4);
    for (int i = 0; i < 9; i++) {
      harness.send(ProducerRecord.of("orders", "v" + i));
    }
    assertThat(harness.sealed)
        .extracting(batch -> batch.partitionId().partition())
        .containsExactly(0, 1, 2);
  }

  @Test
  void anAckCompletesEachRecordWithItsOwnOffset() {
    AccumulatorHarness harness = known(options(), 1);
    List<Future<RecordMetadata>> sent = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      sent.add(harness.send(to("orders", 0, "v" + i)));
    }
    harness.flush();

    harness.ack(harness.sealed.get(0), 40);
    harness.ack(harness.sealed.get(0), 99);

    assertThat(sent).extracting(future -> future.result().offset()).containsExactly(40L, 41L, 42L);
    assertThat(harness.budget.reservedBytes()).isZero();
    assertThat(harness.accumulator.isEmpty()).isTrue();
  }

  @Test
  void aFlushCoversRecordsThatWaitForTheirTopicAndForMemory() {
    AccumulatorHarness harness = new AccumulatorHarness(options()
        .setBufferMemoryBytes(64 << 10)
        .setBatchBytesMax(32 << 10)
        .setRecordBytesMax(32 << 10));
    Future<RecordMetadata> first = harness.send(to("orders", 0, "x".repeat(31_000)));
    Future<RecordMetadata> second = harness.send(to("orders", 0, "y".repeat(31_000)));
    Future<RecordMetadata> third = harness.send(to("orders", 0, "z".repeat(31_000)));
    Future<Void> flush = harness.flush();

    harness.topic("orders", 1);
    assertThat(harness.sealed).hasSize(2);
    harness.ack(harness.sealed.get(0), 0);
    assertThat(first.succeeded()).isTrue();
    assertThat(harness.sealed).hasSize(3);
    harness.ack(harness.sealed.get(1), 1);
    assertThat(flush.isComplete()).isFalse();
    harness.ack(harness.sealed.get(2), 2);

    assertThat(second.succeeded()).isTrue();
    assertThat(third.result().offset()).isEqualTo(2);
    assertThat(flush.succeeded()).isTrue();
    assertThat(harness.budget.reservedBytes()).isZero();
  }

  @Test
  void aFlushDoesNotWaitForRecordsSentAfterIt() {
    AccumulatorHarness harness = known(options(), 1);
    harness.send(to("orders", 0, "before"));
    Future<Void> flush = harness.flush();
    harness.send(to("orders", 0, "after"));

    harness.ack(harness.sealed.get(0), 0);

    assertThat(flush.succeeded()).isTrue();
    assertThat(harness.flush().isComplete()).isFalse();
  }

  @Test
  void anEmptyFlushIsOverAtOnce() {
    assertThat(known(options(), 1).flush().succeeded()).isTrue();
  }

  @Test
  void aRecordThatFindsNoRoomWaitsInOrderAndFailsAfterMaxBlockMs() {
    AccumulatorHarness harness = known(
        options()
            .setBufferMemoryBytes(64 << 10)
            .setBatchBytesMax(32 << 10)
            .setRecordBytesMax(32 << 10)
            .setMaxBlockMs(500),
        1);
    harness.send(to("orders", 0, "x".repeat(31_000)));
    harness.send(to("orders", 0, "y".repeat(31_000)));
    Future<RecordMetadata> waits = harness.send(to("orders", 0, "z".repeat(31_000)));
    Future<RecordMetadata> small = harness.send(to("orders", 0, "small"));
    harness.advanceMs(499);
    assertThat(waits.isComplete()).isFalse();
    assertThat(small.isComplete()).as("a small record must not overtake").isFalse();

    harness.advanceMs(1);

    StreamHouseException failure = (StreamHouseException) waits.cause();
    assertThat(failure.code()).isEqualTo(ErrorCode.BUFFER_FULL);
    assertThat(failure.mayHaveBeenWritten()).isFalse();
    assertThat(failure)
        .hasMessageContaining("maxBlockMs")
        .hasMessageContaining("bufferMemoryBytes");
    assertThat(small.failed()).isTrue();
  }

  @Test
  void roomThatBecomesFreeLetsTheWaitingInFirst() {
    AccumulatorHarness harness = known(
        options()
            .setBufferMemoryBytes(64 << 10)
            .setBatchBytesMax(32 << 10)
            .setRecordBytesMax(32 << 10),
        1);
    harness.send(to("orders", 0, "x".repeat(32_000)));
    harness.send(to("orders", 0, "y".repeat(32_000)));
    harness.send(to("orders", 0, "z".repeat(31_000)));
    harness.send(to("orders", 0, "last"));
    harness.flush();
    harness.ack(harness.sealed.get(0), 0);
    harness.ack(harness.sealed.get(1), 1);
    harness.flush();

    List<String> order = new ArrayList<>();
    harness.sealed.forEach(
        batch -> values(batch).forEach(value -> order.add(value.substring(0, 1))));
    assertThat(order).containsExactly("x", "y", "z", "l");
  }

  @Test
  void theBudgetRefusesWhatExceedsInsideAndOutside() {
    MemoryBudget budget = new MemoryBudget(100);
    assertThat(budget.tryReserve(150)).isTrue();
    assertThat(budget.tryReserve(51)).isFalse();
    assertThat(budget.tryReserve(50)).isTrue();
    budget.cancel(200);
    assertThat(budget.reservedBytes()).isZero();
  }

  @Test
  void recordsWaitForTheirTopicInOrder() {
    AccumulatorHarness harness = new AccumulatorHarness(options().setBatchRecordsMax(3));
    for (int i = 0; i < 3; i++) {
      harness.send(to("orders", 0, "v" + i));
    }
    assertThat(harness.queries).hasSize(1);
    assertThat(harness.sealed).isEmpty();

    harness.topic("orders", 1);

    assertThat(values(harness.sealed.get(0))).containsExactly("v0", "v1", "v2");
  }

  @Test
  void anUnknownTopicFailsWhatWaitsForItAndIsAskedForAgain() {
    AccumulatorHarness harness = new AccumulatorHarness(options());
    Future<RecordMetadata> sent = harness.send(to("orders", 0, "v"));

    harness.topicFails(
        "orders",
        StreamHouseException.of(ErrorCode.UNKNOWN_TOPIC, "Topic 'orders' does not exist"));
    assertThat(sent.cause()).hasMessage("Topic 'orders' does not exist");
    assertThat(harness.budget.reservedBytes()).isZero();
    harness.send(to("orders", 0, "v"));

    assertThat(harness.queries).hasSize(2);
  }

  @Test
  void aTopicThatCannotBeLookedUpFailsByTheDeliveryTimeoutWithTheCause() {
    AccumulatorHarness harness = new AccumulatorHarness(options());
    Future<RecordMetadata> sent = harness.send(to("orders", 0, "v"));
    harness.topicFails("orders", UNREACHABLE);
    harness.advanceMs(119_999);
    assertThat(sent.isComplete()).isFalse();

    harness.advanceMs(1);

    StreamHouseException failure = (StreamHouseException) sent.cause();
    assertThat(failure.code()).isEqualTo(ErrorCode.DELIVERY_TIMEOUT);
    assertThat(failure).hasMessageContaining("cannot reach an agent at x:1");
    assertThat(failure.mayHaveBeenWritten()).isFalse();
    assertThat(harness.accumulator.isEmpty()).isTrue();
  }

  @Test
  void aBatchsDeadlineCountsFromWhenItsFirstRecordCame() {
    AccumulatorHarness harness = new AccumulatorHarness(options());
    long sentNanos = harness.nowNanos();
    harness.send(to("orders", 0, "v"));
    harness.advanceMs(70_000);
    harness.topic("orders", 1);
    harness.flush();

    assertThat(harness.sealed.get(0).deadlineNanos()).isEqualTo(sentNanos + 120_000L * 1_000_000L);
  }

  @Test
  void giveUpLeavesNoRecordWithoutAnAnswer() {
    AccumulatorHarness harness = known(
        options()
            .setBufferMemoryBytes(64 << 10)
            .setBatchBytesMax(32 << 10)
            .setRecordBytesMax(32 << 10),
        1);
    Future<RecordMetadata> inFlight = harness.send(to("orders", 0, "a"));
    harness.flush();
    Future<RecordMetadata> open = harness.send(to("orders", 0, "b"));
    Future<RecordMetadata> forTopic = harness.send(to("other", 0, "c".repeat(31_000)));
    harness.send(to("other", 0, "d".repeat(31_000)));
    Future<RecordMetadata> outside = harness.send(to("orders", 0, "e".repeat(31_000)));
    assertThat(harness.accumulator.unanswered()).isEqualTo(5);

    harness.accumulator.failAll(
        StreamHouseException.of(ErrorCode.CLOSED, "closed"),
        StreamHouseException.unknownOutcome(ErrorCode.CLOSED, "closed", null));

    assertThat(List.of(inFlight, open, forTopic, outside)).allMatch(Future::failed);
    assertThat(((StreamHouseException) inFlight.cause()).mayHaveBeenWritten()).isTrue();
    assertThat(((StreamHouseException) open.cause()).mayHaveBeenWritten()).isFalse();
    assertThat(harness.accumulator.isEmpty()).isTrue();
    assertThat(harness.budget.reservedBytes()).isZero();
  }

  private static AccumulatorHarness known(ProducerOptions options, int partitions) {
    AccumulatorHarness harness = new AccumulatorHarness(options);
    Future<RecordMetadata> first =
        harness.send(to("orders", Integer.MAX_VALUE, "asks for the topic"));
    harness.topic("orders", partitions);
    assertThat(first.cause()).hasMessageContaining("does not exist for topic 'orders'");
    return harness;
  }
}
