package io.streamhouse.agent;

import static io.streamhouse.agent.AgentHarness.batch;
import static io.streamhouse.agent.AgentHarness.codeOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamhouse.ErrorCode;
import io.streamhouse.StreamHouseException;
import io.streamhouse.common.PartitionId;
import io.streamhouse.metadata.ProducerState;
import io.streamhouse.metadata.SequenceRun;
import io.streamhouse.record.RecordBatch;
import io.vertx.core.Future;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ProducerSequencesTest {
  private static final PartitionId PARTITION = new PartitionId(new UUID(1, 2), 0);

  private final ProducerSequences producer = new ProducerSequences(PARTITION, 7, 0);

  @Test
  void batchesThatFollowEachOtherInTheLogAreOneRun() {
    append(0, 0, 0, "a", "b");
    append(0, 2, 2, "c");
    assertThat(producer.snapshot().runs()).containsExactly(new SequenceRun(0, 3, 0));
  }

  @Test
  void batchesWithOthersBetweenThemAreRunsOfTheirOwn() {
    append(0, 0, 0, "a", "b");
    append(0, 2, 10, "c");
    assertThat(producer.snapshot().runs())
        .containsExactly(new SequenceRun(0, 2, 0), new SequenceRun(2, 1, 10));
    assertThat(answer(0, 2, "c").result()).isEqualTo(new AppendResult(10, true));
    assertThat(answer(0, 0, "a", "b").result()).isEqualTo(new AppendResult(0, true));
  }

  @Test
  void sequencesWrapToZero() {
    ProducerSequences near = new ProducerSequences(new ProducerState(
        PARTITION, 7, 0, List.of(new SequenceRun(Integer.MAX_VALUE - 3, 3, 100))));
    RecordBatch wrapping = view(0, Integer.MAX_VALUE, "a", "b", "c");
    assertThat(near.answerIfSeen(wrapping)).isNull();
    PendingBatch pending = new PendingBatch(wrapping, 103);
    near.append(pending);
    near.durable(pending);
    assertThat(near.snapshot().runs())
        .containsExactly(
            new SequenceRun(Integer.MAX_VALUE - 3, 4, 100), new SequenceRun(0, 2, 104));
    assertThat(near.answerIfSeen(wrapping).result()).isEqualTo(new AppendResult(103, true));
    assertThat(near.answerIfSeen(view(0, 2, "d"))).isNull();
  }

  @Test
  void anOldEpochIsFenced() {
    append(3, 0, 0, "a");
    assertThatThrownBy(() -> answer(2, 1, "b"))
        .isInstanceOfSatisfying(StreamHouseException.class, e -> assertThat(e.code())
            .isEqualTo(ErrorCode.PRODUCER_FENCED));
  }

  @Test
  void aNewEpochBeginsAtZero() {
    append(0, 0, 0, "a", "b");
    assertRefused(ErrorCode.OUT_OF_ORDER_SEQUENCE, 1, 2, "c");
    append(1, 0, 2, "c");
    assertThat(producer.snapshot().epoch()).isEqualTo(1);
    assertThat(producer.snapshot().runs()).containsExactly(new SequenceRun(0, 1, 2));
  }

  @Test
  void anotherBatchUnderAUsedSequenceIsRefused() {
    append(0, 0, 0, "a", "b");
    assertRefused(ErrorCode.INVALID_ARGUMENT, 0, 1, "b", "c");
  }

  @Test
  void aBatchOlderThanWhatIsRememberedIsSaidToBeADuplicate() {
    for (int i = 0; i < 100; i++) {
      append(0, i, i * 10L, "a");
    }
    assertThat(producer.snapshot().runs()).hasSize(65);
    assertRefused(ErrorCode.DUPLICATE_SEQUENCE, 0, 3, "a");
    assertThat(answer(0, 35, "a").result()).isEqualTo(new AppendResult(350, true));
  }

  @Test
  void moreBatchesInFlightThanAllowedAreRefused() {
    for (int i = 0; i < ProducerSequences.IN_FLIGHT_MAX; i++) {
      producer.append(new PendingBatch(view(0, i, "a"), i));
    }
    assertRefused(ErrorCode.RESOURCE_EXHAUSTED, 0, ProducerSequences.IN_FLIGHT_MAX, "a");
  }

  @Test
  void aCopyOfABatchInFlightFailsWithIt() {
    PendingBatch pending = new PendingBatch(view(0, 0, "a"), 5);
    producer.append(pending);
    Future<AppendResult> copy = answer(0, 0, "a");
    assertThat(copy.isComplete()).isFalse();
    pending.fail(StreamHouseException.notLeader("gone", null));
    assertThat(codeOf(copy)).isEqualTo(ErrorCode.NOT_LEADER);
  }

  private void append(int epoch, int sequence, long offset, String... values) {
    RecordBatch batch = view(epoch, sequence, values);
    assertThat(producer.answerIfSeen(batch)).isNull();
    PendingBatch pending = new PendingBatch(batch, offset);
    producer.append(pending);
    producer.durable(pending);
  }

  private Future<AppendResult> answer(int epoch, int sequence, String... values) {
    return producer.answerIfSeen(view(epoch, sequence, values));
  }

  private void assertRefused(ErrorCode code, int epoch, int sequence, String... values) {
    assertThatThrownBy(() -> answer(epoch, sequence, values))
        .isInstanceOfSatisfying(
            StreamHouseException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  private static RecordBatch view(int epoch, int sequence, String... values) {
    return RecordBatch.at(batch(7, epoch, sequence, values), 0);
  }
}
