package io.streamhouse.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamhouse.ConsumerOptions;
import io.streamhouse.ConsumerRecord;
import io.streamhouse.ErrorCode;
import io.streamhouse.StreamHouseException;
import io.streamhouse.common.RetryPolicy;
import io.streamhouse.testing.VirtualTime;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Whatever agents, leaders and readers do, and in whatever order: every offset once, in order. */
class ConsumerPropertyTest {
  @Property(tries = 300)
  void everyOffsetIsDeliveredOnceAndInOrder(@ForAll long seed) {
    Random random = new Random(seed);
    LogTwin log = new LogTwin(3);
    VirtualTime time = new VirtualTime();
    RecordQueue queue = new RecordQueue("t", (cursor, failure) -> {
      throw new AssertionError(failure);
    });
    LeaderTable leaders =
        new LeaderTable(log.lookup("t").result(), () -> log.lookup("t"), layout -> {});
    Fetcher fetcher = new Fetcher(
        new ConsumerOptions().setTopic("t").setFetchBytesMax(1_024).setBufferedBytesMax(3_000),
        log,
        time,
        new RetryPolicy(10, 100, limitMs -> random.nextLong(limitMs + 1)),
        queue,
        leaders,
        new Failing());
    long[] expected = new long[3];
    fetcher.add(List.of(
        new PartitionCursor(0, 0, PartitionCursor.NO_END),
        new PartitionCursor(1, 0, PartitionCursor.NO_END),
        new PartitionCursor(2, 0, PartitionCursor.NO_END)));

    for (int step = 0; step < 400; step++) {
      disturb(random, log, time);
      drain(queue, expected, random.nextInt(30));
      fetcher.pump();
    }
    for (int round = 0; round < 300; round++) {
      time.advanceMs(200);
      if (!log.fetches.isEmpty()) {
        log.answerNext();
      }
      drain(queue, expected, Integer.MAX_VALUE);
      fetcher.pump();
    }

    assertThat(expected).containsExactly(log.endOffset(0), log.endOffset(1), log.endOffset(2));
  }

  private static void disturb(Random random, LogTwin log, VirtualTime time) {
    int partition = random.nextInt(3);
    switch (random.nextInt(8)) {
      case 0, 1 -> log.append(partition, 1 + random.nextInt(20));
      case 2 ->
        log.leaders.put(partition, random.nextBoolean() ? LogTwin.AGENT_A : LogTwin.AGENT_B);
      case 3 -> time.advanceMs(random.nextInt(150));
      default -> answer(random, log, partition);
    }
  }

  private static void answer(Random random, LogTwin log, int partition) {
    if (log.fetches.isEmpty()) {
      return;
    }
    switch (random.nextInt(5)) {
      case 0 -> log.failNext(ErrorCode.UNAVAILABLE);
      case 1 ->
        log.failNextPartition(
            partition,
            StreamHouseException.notLeader("moved", random.nextBoolean() ? "b:2" : null));
      default -> log.answerNext();
    }
  }

  private static void drain(RecordQueue queue, long[] expected, int records) {
    for (int i = 0; i < records; i++) {
      ConsumerRecord record = queue.poll();
      if (record == null) {
        return;
      }
      assertThat(record.offset()).isEqualTo(expected[record.partition()]++);
      assertThat(record.value()).hasToString(record.partition() + ":" + record.offset());
    }
  }

  private static final class Failing implements Fetcher.Listener {
    @Override
    public void onRecords() {}

    @Override
    public void onPartitionFailure(StreamHouseException failure) {
      throw new AssertionError(failure);
    }

    @Override
    public void onFatalFailure(StreamHouseException failure) {
      throw new AssertionError(failure);
    }
  }
}
