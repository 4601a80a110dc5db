package io.streamhouse.producer.accumulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamhouse.ErrorCode;
import io.streamhouse.ProducerOptions;
import io.streamhouse.ProducerRecord;
import io.streamhouse.RecordMetadata;
import io.streamhouse.StreamHouseException;
import io.vertx.core.Future;
import org.junit.jupiter.api.Test;

/** Open batches that linger while others wait. */
class LingerUnderPressureTest {
  private static final ProducerOptions OPTIONS = new ProducerOptions()
      .setLingerMs(60_000)
      .setMaxBlockMs(1_000)
      .setDeliveryTimeoutMs(120_000)
      .setBatchBytesMax(60 << 10)
      .setRecordBytesMax(50 << 10)
      .setBufferMemoryBytes(64 << 10);

  private static ProducerRecord large(String topic, int partition) {
    return ProducerRecord.of(topic, "x".repeat(40_000)).withPartition(partition);
  }

  @Test
  void aBufferThatIsFullOfLingeringRecordsIsSentRatherThanRefusedToNewOnes() {
    AccumulatorHarness harness = new AccumulatorHarness(OPTIONS);
    harness.send(large("orders", 0));
    harness.topic("orders", 2);
    assertThat(harness.sealed).isEmpty();

    Future<RecordMetadata> second = harness.send(large("orders", 1));
    assertThat(harness.sealed).hasSize(1);
    harness.ack(harness.sealed.get(0), 0);
    harness.advanceMs(1_000);

    assertThat(second.failed()).isFalse();
    assertThat(harness.accumulator.stats().records()).isEqualTo(1);
  }

  @Test
  void aFlushDoesNotLingerForARecordThatGotItsRoomFromAnExpiredOne() {
    AccumulatorHarness harness = new AccumulatorHarness(
        new ProducerOptions(OPTIONS).setMaxBlockMs(600_000).setDeliveryTimeoutMs(90_000));
    Future<RecordMetadata> ofUnknownTopic = harness.send(large("nowhere", 0));
    harness.send(ProducerRecord.of("orders", "small").withPartition(0));
    harness.topic("orders", 1);
    harness.flush();
    harness.ack(harness.sealed.get(0), 0);
    harness.send(large("orders", 0));
    harness.flush();
    assertThat(harness.sealed).hasSize(1);

    harness.advanceMs(90_000);

    assertThat(((StreamHouseException) ofUnknownTopic.cause()).code())
        .isEqualTo(ErrorCode.DELIVERY_TIMEOUT);
    assertThat(harness.sealed).hasSize(2);
  }
}
