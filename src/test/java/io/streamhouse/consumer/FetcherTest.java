package io.streamhouse.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamhouse.ConsumerOptions;
import io.streamhouse.ConsumerRecord;
import io.streamhouse.ErrorCode;
import io.streamhouse.StreamHouseException;
import io.streamhouse.common.RetryPolicy;
import io.streamhouse.testing.VirtualTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FetcherTest {
  private final VirtualTime time = new VirtualTime();
  private final LogTwin log = new LogTwin(3);
  private final List<StreamHouseException> partitionFailures = new ArrayList<>();
  private final List<StreamHouseException> fatalFailures = new ArrayList<>();
  private final ConsumerOptions options = new ConsumerOptions()
      .setTopic("t")
      .setFetchBytesMax(4_096)
      .setBufferedBytesMax(10_000)
      .setRetryTimeoutMs(60_000);
  private final RecordQueue queue =
      new RecordQueue("t", (cursor, failure) -> partitionFailures.add(failure));
  private Fetcher fetcher;
  private LeaderTable leaders;

  @BeforeEach
  void start() {
    leaders = new LeaderTable(log.lookup("t").result(), () -> log.lookup("t"), layout -> {});
    RetryPolicy policy = new RetryPolicy(100, 1_000, limitMs -> limitMs);
    fetcher = new Fetcher(options, log, time, policy, queue, leaders, new Fetcher.Listener() {
      @Override
      public void onRecords() {}

      @Override
      public void onPartitionFailure(StreamHouseException failure) {
        partitionFailures.add(failure);
      }

      @Override
      public void onFatalFailure(StreamHouseException failure) {
        fatalFailures.add(failure);
      }
    });
  }

  private PartitionCursor read(int partition) {
    PartitionCursor cursor = new PartitionCursor(partition, 0, PartitionCursor.NO_END);
    fetcher.add(List.of(cursor));
    return cursor;
  }

  private List<Long> offsets() {
    List<Long> offsets = new ArrayList<>();
    for (ConsumerRecord record = queue.poll(); record != null; record = queue.poll()) {
      offsets.add(record.offset());
    }
    return offsets;
  }

  @Test
  void allPartitionsOfAnAgentShareOneFetch() {
    log.leaders.put(2, LogTwin.AGENT_B);
    leaders.refresh();
    fetcher.add(List.of(
        new PartitionCursor(0, 0, PartitionCursor.NO_END),
        new PartitionCursor(1, 0, PartitionCursor.NO_END),
        new PartitionCursor(2, 5, PartitionCursor.NO_END)));

    assertThat(log.plans).hasSize(2);
    assertThat(log.plans.get(0).agent()).isEqualTo(LogTwin.AGENT_A);
    assertThat(log.plans.get(0).wanted())
        .containsExactly(new FetchPlan.Wanted(0, 0), new FetchPlan.Wanted(1, 0));
    assertThat(log.plans.get(1).agent()).isEqualTo(LogTwin.AGENT_B);
    assertThat(log.plans.get(1).wanted()).containsExactly(new FetchPlan.Wanted(2, 5));
  }

  @Test
  void theNextFetchBeginsBehindTheLastBatchBeforeItsRecordsAreDelivered() {
    log.append(0, 3);
    log.append(0, 4);
    read(0);
    log.answerNext();

    assertThat(log.plans.get(1).wanted()).containsExactly(new FetchPlan.Wanted(0, 7));
    assertThat(offsets()).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L);
  }

  @Test
  void anAgentThatHoldsNoEmptyAnswerBackIsNotAskedAllTheTime() {
    read(0);
    for (int i = 0; i < 1_000; i++) {
      if (!log.fetches.isEmpty()) {
        log.answerNext();
      }
      time.advanceMs(1);
    }
    log.append(0, 1);
    time.advanceMs(10);
    log.answerNext();

    assertThat(log.plans).hasSizeBetween(90, 110);
    assertThat(offsets()).containsExactly(0L);
  }

  @Test
  void recordsBeforeTheOffsetAskedForAreDropped() {
    log.append(0, 10);
    fetcher.add(List.of(new PartitionCursor(0, 6, PartitionCursor.NO_END)));
    log.answerNext();

    assertThat(offsets()).containsExactly(6L, 7L, 8L, 9L);
  }

  @Test
  void aPartitionThatMovedIsFetchedFromTheHolderThatTheOldOneNames() {
    log.append(0, 1);
    read(0);
    log.leaders.put(0, LogTwin.AGENT_B);
    log.failNextPartition(0, StreamHouseException.notLeader("not here", "b:2"));
    assertThat(log.fetches).isEmpty();
    time.advanceMs(100);

    assertThat(log.plans.get(1).agent()).isEqualTo(LogTwin.AGENT_B);
    log.answerNext();
    assertThat(offsets()).containsExactly(0L);
  }

  @Test
  void anAgentThatCannotBeReachedIsAskedAgainWithGrowingDelays() {
    read(0);
    int lookupsBefore = log.lookups;
    log.failNext(ErrorCode.UNAVAILABLE);
    time.advanceMs(99);
    assertThat(log.fetches).isEmpty();
    time.advanceMs(1);
    log.failNext(ErrorCode.UNAVAILABLE);
    time.advanceMs(199);
    assertThat(log.fetches).isEmpty();
    time.advanceMs(1);

    assertThat(log.fetches).hasSize(1);
    assertThat(log.lookups).isEqualTo(lookupsBefore + 2);
    assertThat(fatalFailures).isEmpty();
  }

  @Test
  void aPartitionOutOfReachForTooLongEndsTheConsumerWithItsLastError() {
    read(0);
    for (int second = 0; second < 70 && !log.fetches.isEmpty(); second++) {
      log.failNext(ErrorCode.UNAVAILABLE);
      time.advanceMs(1_000);
    }

    assertThat(fatalFailures).hasSize(1);
    assertThat(fatalFailures.get(0).code()).isEqualTo(ErrorCode.UNAVAILABLE);
    assertThat(fatalFailures.get(0)).hasMessageContaining("t-0").hasMessageContaining("60000 ms");
  }

  @Test
  void lostDataOfOnePartitionLeavesTheOthersGoingOn() {
    log.append(1, 2);
    fetcher.add(List.of(
        new PartitionCursor(0, 4, PartitionCursor.NO_END),
        new PartitionCursor(1, 0, PartitionCursor.NO_END)));
    log.failNextPartition(0, StreamHouseException.of(ErrorCode.DATA_LOSS, "object is gone"));

    assertThat(partitionFailures).hasSize(1);
    assertThat(partitionFailures.get(0))
        .hasMessageContaining("t-0")
        .hasMessageContaining("offset 4")
        .hasMessageContaining("object is gone");
    assertThat(offsets()).containsExactly(0L, 1L);
    assertThat(log.plans.get(1).wanted()).containsExactly(new FetchPlan.Wanted(1, 2));
    assertThat(fatalFailures).isEmpty();
  }

  @Test
  void aDeletedTopicEndsTheConsumerAndSaysSo() {
    read(0);
    log.failNextPartition(0, StreamHouseException.of(ErrorCode.UNKNOWN_TOPIC, "unknown id"));

    assertThat(fatalFailures).hasSize(1);
    assertThat(fatalFailures.get(0)).hasMessage("Topic 't' was deleted while it was being read");
    time.advanceMs(10_000);
    assertThat(log.fetches).isEmpty();
  }

  @Test
  void aFullBufferStopsFetchingUntilItIsReadFrom() {
    for (int batch = 0; batch < 100; batch++) {
      log.append(0, 20);
    }
    read(0);
    while (!log.fetches.isEmpty()) {
      log.answerNext();
    }
    assertThat(queue.bufferedBytes()).isBetween(4_096L, 10_000L);

    long next = 0;
    while (next < 2_000) {
      ConsumerRecord record = queue.poll();
      if (record == null) {
        fetcher.pump();
        log.answerNext();
        continue;
      }
      assertThat(record.offset()).isEqualTo(next++);
    }
  }

  @Test
  void anAnswerThatWasAskedForBeforeASeekIsDropped() {
    log.append(0, 10);
    PartitionCursor cursor = read(0);
    cursor.seek(8);
    log.answerNext();
    assertThat(offsets()).isEmpty();
    log.answerNext();

    assertThat(offsets()).containsExactly(8L, 9L);
  }

  @Test
  void anAgentThatLeavesOutRecordsIsDataLossNotAGap() {
    log.append(0, 5L, 3);
    read(0);
    log.answerNext();

    assertThat(partitionFailures).hasSize(1);
    assertThat(partitionFailures.get(0).code()).isEqualTo(ErrorCode.DATA_LOSS);
    assertThat(partitionFailures.get(0)).hasMessageContaining("offsets 5 to 7 where 0 comes next");
    assertThat(offsets()).isEmpty();
  }

  @Test
  void aBatchThatDoesNotMatchItsChecksumIsDataLossAtItsOffset() {
    log.append(0, 2);
    log.append(0, 2);
    java.nio.ByteBuffer damaged = log.batches.get(0).get(1);
    damaged.put(damaged.limit() - 1, (byte) (damaged.get(damaged.limit() - 1) ^ 1));
    read(0);
    log.answerNext();

    assertThat(offsets()).containsExactly(0L, 1L);
    assertThat(partitionFailures).hasSize(1);
    assertThat(partitionFailures.get(0).code()).isEqualTo(ErrorCode.DATA_LOSS);
    assertThat(partitionFailures.get(0)).hasMessageContaining("t-0 cannot be read at offset 2");
  }

  @Test
  void readingEndsAtTheEndOfTheStartThoughTheBatchGoesOn() {
    log.append(0, 10);
    PartitionCursor cursor = new PartitionCursor(0, 0, 6);
    fetcher.add(List.of(cursor));
    log.answerNext();

    assertThat(offsets()).containsExactly(0L, 1L, 2L, 3L, 4L, 5L);
    assertThat(cursor.isDone()).isTrue();
    assertThat(log.fetches).isEmpty();
    assertThat(queue.bufferedBytes()).isZero();
  }
}
