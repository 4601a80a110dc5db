package io.streamhouse.producer.sender;

import static io.streamhouse.producer.sender.SenderHarness.A;
import static io.streamhouse.producer.sender.SenderHarness.B;
import static org.assertj.core.api.Assertions.assertThat;

import io.streamhouse.ErrorCode;
import io.streamhouse.ProducerOptions;
import io.streamhouse.StreamHouseException;
import io.streamhouse.common.ProducerIdentity;
import io.streamhouse.producer.sender.SenderHarness.Sent;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SenderCoreTest {
  private final SenderHarness sender = new SenderHarness(new ProducerOptions());

  private static List<Long> ids(List<Sent> wire) {
    return wire.stream().map(Sent::batchId).toList();
  }

  @Test
  @Tag("seed-13")
  void aBatchThatIsTakenGoesOutOnce() {
    long batch = sender.batch(0, 3);
    sender.succeed(batch, 42);
    sender.time.advanceMs(60_000);

    assertThat(sender.acks.get(batch).baseOffset()).isEqualTo(42);
    assertThat(sender.wire).hasSize(1);
    assertThat(sender.core.unacknowledged()).isZero();
    assertThat(sender.time.waiting()).isZero();
  }

  @Test
  @Tag("seed-14")
  @Tag("seed-38")
  void unavailableTwiceAndThenSuccessAreThreeAttempts() {
    long batch = sender.batch(0, 1);
    sender.refuse(batch, ErrorCode.UNAVAILABLE);
    sender.time.advanceMs(99);
    assertThat(sender.wire).hasSize(1);
    sender.time.advanceMs(1);
    assertThat(sender.wire).hasSize(2);
    sender.refuse(batch, ErrorCode.UNAVAILABLE);
    sender.time.advanceMs(199);
    assertThat(sender.wire).hasSize(2);
    sender.time.advanceMs(1);
    sender.succeed(batch, 42);

    assertThat(sender.copies(batch)).isEqualTo(3);
    assertThat(sender.acks.get(batch).baseOffset()).isEqualTo(42);
    assertThat(sender.wire)
        .extracting(Sent::bytes)
        .containsOnly(sender.wire.get(0).bytes());
    assertThat(sender.inits).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource(
      value = ErrorCode.class,
      names = {
        "INVALID_ARGUMENT",
        "RECORD_TOO_LARGE",
        "CORRUPT_BATCH",
        "UNKNOWN_TOPIC",
        "UNKNOWN_PARTITION",
        "PERMISSION_DENIED",
        "UNAUTHENTICATED",
        "PRODUCER_FENCED"
      })
  @Tag("seed-15")
  @Tag("seed-27")
  void anErrorThatIsNotRetriableIsOneAttempt(ErrorCode code) {
    long batch = sender.batch(0, 1);
    sender.refuse(batch, code);
    sender.time.advanceMs(300_000);

    assertThat(sender.wire).hasSize(1);
    assertThat(sender.failure(batch).code()).isEqualTo(code);
    assertThat(sender.failure(batch).mayHaveBeenWritten()).isFalse();
    assertThat(sender.failure(batch)).hasMessage("t-0: " + code + " on purpose");
  }

  @ParameterizedTest
  @EnumSource(
      value = ErrorCode.class,
      names = {"UNAVAILABLE", "TIMEOUT", "RESOURCE_EXHAUSTED", "INTERNAL", "NOT_LEADER"})
  @Tag("seed-12")
  void aRetriableErrorIsTriedAgain(ErrorCode code) {
    long batch = sender.batch(0, 1);
    sender.refuse(batch, code);
    sender.time.advanceMs(100);
    assertThat(sender.copies(batch)).isEqualTo(2);
    assertThat(sender.acks).isEmpty();
  }

  @Test
  @Tag("seed-16")
  @Tag("seed-26")
  void twoRetriesAreThreeAttemptsAndTheCauseIsToldInTheEnd() {
    SenderHarness bounded = new SenderHarness(new ProducerOptions().setRetriesMax(2));
    long batch = bounded.batch(0, 1);
    for (int i = 0; i < 3; i++) {
      bounded.refuse(batch, ErrorCode.UNAVAILABLE);
      bounded.time.advanceMs(1_000);
    }

    assertThat(bounded.copies(batch)).isEqualTo(3);
    assertThat(bounded.failure(batch).code()).isEqualTo(ErrorCode.UNAVAILABLE);
    assertThat(bounded.failure(batch))
        .hasMessageContaining("3 attempts")
        .hasMessageContaining("UNAVAILABLE on purpose");
  }

  @Test
  void sequencesCountRecordsFromZeroWithoutGaps() {
    sender.batch(0, 3);
    sender.batch(0, 2);
    sender.batch(1, 7);
    sender.batch(0, 1);

    assertThat(sender.wire).extracting(Sent::sequence).containsExactly(0, 3, 0, 5);
    assertThat(sender.inits).containsExactly(new ProducerIdentity(100, 0));
  }

  @Test
  void noMoreThanTheWindowIsInFlight() {
    SenderHarness narrow =
        new SenderHarness(new ProducerOptions().setMaxInFlightBatchesPerPartition(2));
    long first = narrow.batch(0, 1);
    narrow.batch(0, 1);
    narrow.batch(0, 1);
    narrow.batch(1, 1);
    assertThat(ids(narrow.wire)).containsExactly(0L, 1L, 3L);

    narrow.succeed(first, 0);

    assertThat(ids(narrow.wire)).containsExactly(0L, 1L, 3L, 2L);
  }

  @Test
  void aGapMakesTheSenderSendAgainFromTheFirstUnacknowledged() {
    long a = sender.batch(0, 1);
    long b = sender.batch(0, 1);
    long c = sender.batch(0, 1);
    sender.succeed(a, 0);
    sender.refuse(c, ErrorCode.OUT_OF_ORDER_SEQUENCE);
    sender.time.advanceMs(100);

    assertThat(ids(sender.wire)).containsExactly(a, b, c, b, c);
    assertThat(sender.last(c).sequence()).isEqualTo(2);
    sender.succeed(b, 1);
    sender.succeed(c, 2);
    assertThat(sender.inits).hasSize(1);
  }

  @Test
  void anAgentThatHasForgottenThePastGetsANewSequence() {
    long a = sender.batch(0, 1);
    sender.succeed(a, 0);
    long b = sender.batch(0, 1);
    long c = sender.batch(0, 1);
    for (int i = 0; i < 4; i++) {
      sender.refuse(b, ErrorCode.OUT_OF_ORDER_SEQUENCE);
      sender.refuse(c, ErrorCode.OUT_OF_ORDER_SEQUENCE);
      sender.time.advanceMs(1_000);
    }

    assertThat(sender.last(b).epoch()).isEqualTo(1);
    assertThat(sender.last(b).sequence()).isZero();
    assertThat(sender.last(c).sequence()).isEqualTo(1);
    assertThat(sender.acks).containsOnlyKeys(a);
  }

  @Test
  void anotherLeaderGetsEverythingUnacknowledgedInOrder() {
    long a = sender.batch(0, 1);
    long b = sender.batch(0, 1);
    sender.refuse(a, ErrorCode.NOT_LEADER);
    assertThat(sender.reports).hasSize(1);
    assertThat(sender.reports.get(0).agent()).isEqualTo(A);

    sender.route(0, B);

    assertThat(ids(sender.wire)).containsExactly(a, b, a, b);
    assertThat(sender.wire).extracting(Sent::agent).containsExactly(A, A, B, B);
    assertThat(sender.wire.get(2).bytes()).isEqualTo(sender.wire.get(0).bytes());
  }

  @Test
  void aPushedRouteMovesABatchThatItsOldAgentNeverAnswers() {
    long a = sender.batch(0, 1);

    sender.route(0, B);
    sender.succeed(a, 7);

    assertThat(sender.wire).extracting(Sent::agent).containsExactly(A, B);
    assertThat(sender.isDurable(a)).isTrue();
  }

  @Test
  void anOldRouteThatComesLateChangesNothing() {
    sender.batch(0, 1);
    sender.route(0, B);
    sender.core.onRoute(new io.streamhouse.bus.RouteChanged(
        new io.streamhouse.common.PartitionId(SenderHarness.TOPIC, 0), A, 1));
    sender.batch(0, 1, B);

    assertThat(sender.wire).extracting(Sent::agent).containsExactly(A, B, B);
  }

  @Test
  void agentsThatPointAtEachOtherDoNotMakeTheSenderSpin() {
    long batch = sender.batch(0, 1);
    for (int i = 0; i < 100; i++) {
      sender.refuse(batch, ErrorCode.NOT_LEADER);
      sender.route(0, i % 2 == 0 ? B : A);
    }

    assertThat(sender.copies(batch)).isLessThan(10);
  }

  @Test
  void anAnswerToAnOlderCopyCounts() {
    long batch = sender.batch(0, 1);
    Sent first = sender.last(batch);
    sender.route(0, B);
    first.copy().succeed(5);

    assertThat(sender.acks.get(batch).baseOffset()).isEqualTo(5);
    sender.last(batch).copy().succeed(5);
    assertThat(sender.acks).hasSize(1);
  }

  @Test
  void aRefusalOfAnOlderCopyDoesNotCount() {
    long batch = sender.batch(0, 1);
    Sent first = sender.last(batch);
    sender.route(0, B);
    first.copy().fail(StreamHouseException.of(ErrorCode.INVALID_ARGUMENT, "late"));

    assertThat(sender.acks).isEmpty();
  }

  @Test
  void aLostConnectionSendsEverythingAgainWithTheSameBytes() {
    long a = sender.batch(0, 2);
    long b = sender.batch(0, 2);
    sender.lose(a);
    sender.lose(b);
    assertThat(sender.reports).hasSize(1);
    sender.time.advanceMs(100);

    assertThat(ids(sender.wire)).containsExactly(a, b, a, b);
    assertThat(sender.wire.get(2).bytes()).isEqualTo(sender.wire.get(0).bytes());
    assertThat(sender.wire.get(3).bytes()).isEqualTo(sender.wire.get(1).bytes());
  }

  @Test
  void anAgentThatIsBackGetsItsBatchesWithoutWaitingForThePause() {
    long a = sender.batch(0, 1);
    long b = sender.batch(1, 1);
    for (int i = 0; i < 8; i++) {
      sender.lose(a);
      sender.lose(b);
      sender.time.advanceMs(100L << i);
    }
    sender.lose(a);
    sender.succeed(b, 0);
    long before = sender.copies(a);

    sender.core.onAgentReached(A);

    assertThat(sender.copies(a)).isEqualTo(before + 1);
  }

  @Test
  void aRefusedBatchFailsAloneAndThoseBehindItBeginANewSequence() {
    long a = sender.batch(0, 1);
    long b = sender.batch(0, 5);
    long c = sender.batch(0, 2);
    long d = sender.batch(0, 1);
    sender.refuse(b, ErrorCode.CORRUPT_BATCH);
    sender.refuse(c, ErrorCode.OUT_OF_ORDER_SEQUENCE);
    assertThat(sender.failure(b).mayHaveBeenWritten()).isFalse();
    assertThat(ids(sender.wire)).as("a is of the old epoch, and first").containsExactly(a, b, c, d);

    sender.succeed(a, 0);

    assertThat(ids(sender.wire)).containsExactly(a, b, c, d, c, d);
    assertThat(sender.last(c).epoch()).isEqualTo(1);
    assertThat(sender.last(c).sequence()).isZero();
    assertThat(sender.last(d).sequence()).isEqualTo(2);
    sender.succeed(c, 1);
    sender.succeed(d, 3);
    assertThat(sender.core.unacknowledged()).isZero();
  }

  @Test
  void aRefusalAfterALostAnswerLeavesOpenWhatWasWritten() {
    long a = sender.batch(0, 1);
    long b = sender.batch(0, 1);
    sender.lose(a);
    sender.lose(b);
    sender.time.advanceMs(100);
    sender.refuse(a, ErrorCode.INVALID_ARGUMENT);
    long c = sender.batch(0, 1);

    assertThat(sender.failure(a).mayHaveBeenWritten()).isTrue();
    assertThat(sender.failure(b).mayHaveBeenWritten()).isTrue();
    assertThat(sender.last(c).epoch()).isEqualTo(1);
    assertThat(sender.last(c).sequence()).isZero();
  }

  @Test
  void aTopicThatIsGoneFailsItsWholePartitionWithoutRaisingEpochsOneByOne() {
    long a = sender.batch(0, 1);
    long b = sender.batch(0, 1);
    long other = sender.batch(1, 1);
    sender.refuse(a, ErrorCode.UNKNOWN_TOPIC);

    assertThat(sender.failure(a).mayHaveBeenWritten()).isFalse();
    assertThat(sender.failure(b).mayHaveBeenWritten()).isFalse();
    assertThat(sender.inits).hasSize(1);
    sender.succeed(other, 0);
  }

  @Test
  void aDeliveryTimeoutFailsTheBatchAndThoseSentBehindItInOrderAndRaisesTheEpoch() {
    long a = sender.batch(0, 1);
    sender.time.advanceMs(60_000);
    long b = sender.batch(0, 1);
    long other = sender.batch(1, 1);
    sender.time.advanceMs(60_000);

    assertThat(sender.acks.keySet()).containsExactly(a, b);
    assertThat(sender.failure(a).code()).isEqualTo(ErrorCode.DELIVERY_TIMEOUT);
    assertThat(sender.failure(a).mayHaveBeenWritten()).isTrue();
    assertThat(sender.failure(b).mayHaveBeenWritten()).isTrue();
    long c = sender.batch(0, 1);
    assertThat(sender.last(c).epoch()).isEqualTo(1);
    assertThat(sender.last(c).sequence()).isZero();
    long sameAsBefore = sender.batch(1, 1);
    assertThat(sender.last(sameAsBefore).epoch())
        .as("other partitions carry on")
        .isZero();
    assertThat(sender.last(sameAsBefore).sequence()).isEqualTo(1);
    sender.succeed(other, 0);
  }

  @Test
  void aBatchThatNeverLeftTimesOutAsSurelyNotWritten() {
    sender.hold(A);
    long batch = sender.batch(0, 1);
    sender.time.advanceMs(120_500);

    assertThat(sender.failure(batch).code()).isEqualTo(ErrorCode.DELIVERY_TIMEOUT);
    assertThat(sender.failure(batch).mayHaveBeenWritten()).isFalse();
  }

  @Test
  void aDeliveryTimeoutNamesWhatKeptTheBatch() {
    long batch = sender.batch(0, 1);
    for (int i = 0; i < 60; i++) {
      if (!sender.acks.containsKey(batch)) {
        sender.lose(batch);
      }
      sender.time.advanceMs(10_000);
    }

    assertThat(sender.failure(batch))
        .hasMessageContaining("deliveryTimeoutMs (120000 ms)")
        .hasMessageContaining("cut on purpose");
  }

  @Test
  void aBatchWithoutAnyAnswerGoesOutAgainAfterTheRequestTimeout() {
    long batch = sender.batch(0, 1);
    sender.time.advanceMs(31_000);
    assertThat(sender.copies(batch)).isEqualTo(2);
    assertThat(sender.reports.get(0).failure().code()).isEqualTo(ErrorCode.TIMEOUT);
  }

  @Test
  void anUnknownProducerGetsANewIdentityAndLosesNothing() {
    long a = sender.batch(0, 1);
    long b = sender.batch(0, 1);
    sender.refuse(a, ErrorCode.UNKNOWN_PRODUCER);
    sender.time.advanceMs(100);

    assertThat(sender.inits)
        .containsExactly(new ProducerIdentity(100, 0), new ProducerIdentity(101, 0));
    assertThat(sender.last(a).sequence()).isZero();
    assertThat(sender.last(b).sequence()).isEqualTo(1);
    sender.succeed(a, 0);
    sender.succeed(b, 1);
  }

  @Test
  void aDuplicateWhoseOffsetIsForgottenFailsAsWrittenAndLeavesNoGap() {
    long a = sender.batch(0, 1);
    long b = sender.batch(0, 1);
    sender.refuse(a, ErrorCode.DUPLICATE_SEQUENCE);
    sender.succeed(b, 9);

    assertThat(sender.failure(a).code()).isEqualTo(ErrorCode.DUPLICATE_SEQUENCE);
    assertThat(sender.failure(a).mayHaveBeenWritten()).isTrue();
    assertThat(sender.isDurable(b)).isTrue();
    assertThat(sender.inits).hasSize(1);
  }

  @Test
  void aNamedProducerThatIsFencedStopsForGood() {
    SenderHarness named = new SenderHarness(new ProducerOptions().setProducerName("orders"));
    long a = named.batch(0, 1);
    long b = named.batch(1, 1);
    named.refuse(a, ErrorCode.PRODUCER_FENCED);
    long c = named.batch(2, 1);

    for (long batch : List.of(a, b, c)) {
      assertThat(named.failure(batch).code()).isEqualTo(ErrorCode.PRODUCER_FENCED);
      assertThat(named.failure(batch)).hasMessageContaining("orders");
    }
    assertThat(named.failure(a).mayHaveBeenWritten()).isFalse();
    assertThat(named.failure(b).mayHaveBeenWritten()).isTrue();
    assertThat(named.inits).hasSize(1);
  }

  @Test
  void anIdentityThatCannotBeHadYetIsAskedForAgain() {
    sender.failIdentities(StreamHouseException.of(ErrorCode.UNAVAILABLE, "no database"));
    long batch = sender.batch(0, 1);
    sender.time.advanceMs(1_000);
    assertThat(sender.wire).isEmpty();
    sender.failIdentities(null);
    sender.time.advanceMs(2_000);
    sender.succeed(batch, 0);
    assertThat(sender.isDurable(batch)).isTrue();
  }

  @Test
  void anIdentityThatIsRefusedFailsWhatWaitsForIt() {
    sender.failIdentities(StreamHouseException.of(ErrorCode.PERMISSION_DENIED, "not you"));
    long batch = sender.batch(0, 1);
    assertThat(sender.failure(batch).code()).isEqualTo(ErrorCode.PERMISSION_DENIED);
    assertThat(sender.failure(batch).mayHaveBeenWritten()).isFalse();
  }

  @Test
  void closingFailsWhatIsLeft() {
    long a = sender.batch(0, 1);
    sender.core.close(StreamHouseException.of(ErrorCode.CLOSED, "closed"));
    long b = sender.batch(0, 1);

    assertThat(sender.failure(a).mayHaveBeenWritten()).isTrue();
    assertThat(sender.failure(b).mayHaveBeenWritten()).isFalse();
    assertThat(sender.core.unacknowledged()).isZero();
  }
}
