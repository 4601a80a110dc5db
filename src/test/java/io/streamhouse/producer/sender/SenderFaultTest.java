package io.streamhouse.producer.sender;

import static io.streamhouse.producer.sender.SenderHarness.A;
import static io.streamhouse.producer.sender.SenderHarness.B;
import static org.assertj.core.api.Assertions.assertThat;

import io.streamhouse.ErrorCode;
import io.streamhouse.ProducerOptions;
import io.streamhouse.bus.RouteFailure;
import io.streamhouse.common.ProducerIdentity;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Faults of one agent, and what is said of them. */
class SenderFaultTest {
  private final ProducerOptions options =
      new ProducerOptions().setDeliveryTimeoutMs(5_000).setRetryBackoffMs(1_000);

  @Test
  void aRefusalThatPutsLaterBatchesOutOfOrderIsTheCauseThatIsTold() {
    SenderHarness sender = new SenderHarness(options);
    long first = sender.batch(0, 1);
    long second = sender.batch(0, 1);
    for (int i = 0; i < 3; i++) {
      sender.refuse(first, ErrorCode.UNAVAILABLE);
      sender.refuse(second, ErrorCode.OUT_OF_ORDER_SEQUENCE);
      sender.time.advanceMs(2_000);
    }

    assertThat(sender.failure(first).code()).isEqualTo(ErrorCode.DELIVERY_TIMEOUT);
    assertThat(sender.failure(first)).hasMessageContaining("UNAVAILABLE on purpose");
    assertThat(sender.failure(second)).hasMessageContaining("UNAVAILABLE on purpose");
  }

  @Test
  void aFailureThatHasBeenOvercomeIsNotTheCauseOfALaterOne() {
    SenderHarness sender = new SenderHarness(options);
    long first = sender.batch(0, 1);
    sender.refuse(first, ErrorCode.UNAVAILABLE);
    sender.time.advanceMs(1_000);
    sender.succeed(first, 0);

    long second = sender.batch(0, 1);
    sender.time.advanceMs(6_000);

    assertThat(sender.failure(second).code()).isEqualTo(ErrorCode.DELIVERY_TIMEOUT);
    assertThat(sender.failure(second).getMessage()).doesNotContain("on purpose");
  }

  @Test
  void aBatchThatWaitedTooLongBehindAnUnansweredOneIsNeverSent() {
    SenderHarness sender = new SenderHarness(options.setMaxInFlightBatchesPerPartition(1));
    long unanswered = sender.batch(0, 1);
    long waited = sender.batch(0, 1);
    long other = sender.batch(1, 1);
    // So that there is a newer identity already, and nothing else to wait for.
    sender.refuse(other, ErrorCode.UNKNOWN_PRODUCER);
    sender.time.advanceMs(1_000);
    sender.succeed(other, 0);
    sender.time.advanceMs(10_000);

    assertThat(sender.failure(unanswered).mayHaveBeenWritten()).isTrue();
    assertThat(sender.failure(waited).mayHaveBeenWritten()).isFalse();
    assertThat(sender.wire).noneMatch(sent -> sent.batchId() == waited);
  }

  @Test
  void aDeadAgentOfManyPartitionsIsAskedForAnIdentityOnlyOnceBeforeAnother() {
    SenderHarness sender = new SenderHarness(options);
    sender.deadForIdentities.add(A);
    for (int partition = 0; partition < 8; partition++) {
      sender.batch(partition, 1, A);
    }
    long alive = sender.batch(8, 1, B);
    sender.time.advanceMs(1_000);

    assertThat(sender.asked).containsExactly(A, B);
    assertThat(sender.copies(alive)).isEqualTo(1);
  }

  @Test
  void anAgentThatWasNotAskedForAnIdentityIsNotBlamedForADeadOne() {
    SenderHarness sender = new SenderHarness(options);
    sender.deadForIdentities.addAll(List.of(A, B));
    sender.batch(0, 1, A);
    sender.batch(1, 1, B);
    sender.time.advanceMs(1_000);

    assertThat(sender.asked).containsExactly(A, B);
    assertThat(sender.reports).extracting(RouteFailure::agent).containsExactly(A, B);
  }

  @Test
  void aSecondIdentityThatIsForgottenIsReplacedAsTheFirstWas() {
    SenderHarness sender = new SenderHarness(options);
    for (int partition = 0; partition < 2; partition++) {
      sender.succeed(sender.batch(partition, 1), 0);
    }
    for (int partition = 0; partition < 2; partition++) {
      long forgotten = sender.batch(partition, 1);
      sender.refuse(forgotten, ErrorCode.UNKNOWN_PRODUCER);
      sender.time.advanceMs(1_000);
      sender.succeed(forgotten, 1);
    }
    sender.forgottenIds.add(101L);
    sender.refuse(sender.batch(0, 1), ErrorCode.CORRUPT_BATCH);

    long next = sender.batch(0, 1);
    sender.time.advanceMs(1_000);
    sender.succeed(next, 2);

    assertThat(sender.isDurable(next)).isTrue();
    assertThat(sender.inits)
        .extracting(ProducerIdentity::producerId)
        .containsExactly(100L, 101L, 102L);
  }
}
