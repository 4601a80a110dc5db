package io.streamhouse.consumer;

import io.streamhouse.ConsumerOptions;
import io.streamhouse.ErrorCode;
import io.streamhouse.StreamHouseException;
import io.streamhouse.common.AgentAddress;
import io.streamhouse.common.RetryPolicy;
import io.streamhouse.common.Scheduler;
import io.streamhouse.record.InvalidBatchException;
import io.streamhouse.record.RecordBatch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one fetch running to each agent that leads partitions with room for their records, as long as what is buffered
 * and what is asked for stay within {@code bufferedBytesMax}. A partition is in one fetch at a time, so that its batches
 * come in order whoever leads it. Confined to the consumer's context.
 */
final class Fetcher {
  private static final Logger LOG = LoggerFactory.getLogger(Fetcher.class);

  /** After so many failures in a row an operator hears of it, once. */
  private static final int ATTEMPTS_UNTIL_WARNING = 5;

  /** Between fetches that bring nothing, should an agent not hold them back: {@code fetchWaitMs} may be 0. */
  private static final long IDLE_FETCH_MS = 10;

  private final ConsumerOptions options;
  private final FetchTransport transport;
  private final Scheduler scheduler;
  private final RetryPolicy policy;
  private final RecordQueue queue;
  private final Listener listener;
  private final LeaderTable leaders;

  /** In the order of their turns: a partition that has got records goes to the end. */
  private final Map<Integer, PartitionCursor> cursors = new LinkedHashMap<>();

  private final Set<AgentAddress> busyAgents = new HashSet<>();
  private long reservedBytes;
  private boolean closed;

  /** Hears what becomes of fetches. */
  interface Listener {
    /** There are new records in the queue. */
    void onRecords();

    /** One partition cannot be read on. */
    void onPartitionFailure(StreamHouseException failure);

    /** Nothing can be read any more. */
    void onFatalFailure(StreamHouseException failure);
  }

  Fetcher(
      ConsumerOptions options,
      FetchTransport transport,
      Scheduler scheduler,
      RetryPolicy policy,
      RecordQueue queue,
      LeaderTable leaders,
      Listener listener) {
    this.options = options;
    this.transport = transport;
    this.scheduler = scheduler;
    this.policy = policy;
    this.queue = queue;
    this.leaders = leaders;
    this.listener = listener;
  }

  /** Takes up partitions and fetches them. */
  void add(List<PartitionCursor> added) {
    for (PartitionCursor cursor : added) {
      cursors.put(cursor.partition(), cursor);
    }
    pump();
  }

  void close() {
    closed = true;
  }

  /** Sends the fetches there is room for; to be called whenever that may have changed. */
  void pump() {
    if (closed) {
      return;
    }
    Map<AgentAddress, List<PartitionCursor>> wanted = new LinkedHashMap<>();
    Set<AgentAddress> agents = new HashSet<>(busyAgents);
    long nowMs = scheduler.nowMs();
    for (PartitionCursor cursor : cursors.values()) {
      if (cursor.wantsFetch(nowMs)) {
        AgentAddress agent = leaders.agentFor(cursor.partition());
        agents.add(agent);
        if (!busyAgents.contains(agent)) {
          wanted.computeIfAbsent(agent, key -> new ArrayList<>()).add(cursor);
        }
      }
    }
    if (wanted.isEmpty()) {
      return;
    }
    int share = Math.min(options.getFetchBytesMax(), options.getBufferedBytesMax() / agents.size());
    wanted.forEach((agent, partitions) -> {
      long used = queue.bufferedBytes() + reservedBytes;
      boolean room = used == 0 || used + share <= options.getBufferedBytesMax();
      if (room && !busyAgents.contains(agent)) {
        send(agent, partitions, Math.max(1, share));
      }
    });
  }

  private void send(AgentAddress agent, List<PartitionCursor> partitions, int bytesMax) {
    Map<Integer, Integer> generations = new HashMap<>();
    List<FetchPlan.Wanted> wanted = new ArrayList<>();
    for (PartitionCursor cursor : partitions) {
      cursor.fetchStarted();
      generations.put(cursor.partition(), cursor.generation());
      wanted.add(new FetchPlan.Wanted(cursor.partition(), cursor.fetchOffset()));
    }
    busyAgents.add(agent);
    reservedBytes += bytesMax;
    long idleUntilMs = scheduler.nowMs() + IDLE_FETCH_MS;
    transport
        .fetch(new FetchPlan(agent, leaders.topicId(), wanted, bytesMax))
        .onComplete(answer -> {
          busyAgents.remove(agent);
          reservedBytes -= bytesMax;
          partitions.forEach(PartitionCursor::fetchEnded);
          if (closed) {
            return;
          }
          if (answer.succeeded()) {
            take(answer.result(), generations);
            if (answer.result().stream().noneMatch(PartitionData::isNews)) {
              rest(partitions, idleUntilMs);
            }
          } else {
            StreamHouseException failure = asFailure(answer.cause());
            for (PartitionCursor cursor : partitions) {
              attemptFailed(cursor, failure);
            }
          }
          pump();
        });
  }

  private void rest(List<PartitionCursor> partitions, long untilMs) {
    long restMs = untilMs - scheduler.nowMs();
    if (restMs > 0) {
      partitions.forEach(cursor -> cursor.retryAt(untilMs));
      scheduler.schedule(restMs, this::pump);
    }
  }

  private void take(List<PartitionData> answer, Map<Integer, Integer> generations) {
    boolean records = false;
    for (PartitionData data : answer) {
      PartitionCursor cursor = cursors.get(data.partition());
      Integer generation = generations.get(data.partition());
      if (cursor == null || generation == null || generation != cursor.generation()) {
        continue;
      }
      StreamHouseException failure = data.failure();
      if (failure != null) {
        partitionFailed(cursor, failure);
      } else if (data.batches().hasRemaining()) {
        records |= enqueue(cursor, data);
      } else {
        cursor.fetched(cursor.fetchOffset());
      }
    }
    if (records) {
      listener.onRecords();
    }
  }

  private boolean enqueue(PartitionCursor cursor, PartitionData data) {
    int sizeBytes = data.batches().remaining();
    List<RecordBatch> batches;
    try {
      batches = RecordBatch.split(data.batches());
    } catch (InvalidBatchException e) {
      damaged(cursor, String.valueOf(e.getMessage()));
      return false;
    }
    long wanted = cursor.fetchOffset();
    long last = batches.get(batches.size() - 1).lastOffset();
    if (batches.get(0).baseOffset() > wanted || last < wanted) {
      damaged(
          cursor,
          "the agent sent offsets " + batches.get(0).baseOffset() + " to " + last + " where "
              + wanted + " comes next");
      return false;
    }
    cursor.fetched(last + 1);
    queue.add(new RecordQueue.Fetched(cursor, cursor.generation(), batches, sizeBytes));
    cursors.remove(cursor.partition());
    cursors.put(cursor.partition(), cursor);
    return true;
  }

  private void damaged(PartitionCursor cursor, String what) {
    partitionFailed(
        cursor,
        StreamHouseException.of(
            ErrorCode.DATA_LOSS,
            name(cursor) + " cannot be read at offset " + cursor.fetchOffset() + ": " + what));
  }

  private void partitionFailed(PartitionCursor cursor, StreamHouseException failure) {
    switch (failure.code()) {
      case DATA_LOSS, OFFSET_OUT_OF_RANGE, UNKNOWN_PARTITION, CORRUPT_BATCH -> {
        StreamHouseException named = StreamHouseException.of(
            failure.code(),
            name(cursor) + " at offset " + cursor.fetchOffset() + ": " + failure.getMessage(),
            failure);
        cursor.fail(named);
        listener.onPartitionFailure(named);
      }
      default -> attemptFailed(cursor, failure);
    }
  }

  private void attemptFailed(PartitionCursor cursor, StreamHouseException failure) {
    if (closed) {
      return;
    }
    if (!failure.code().isRetriable()) {
      fatal(describe(failure));
      return;
    }
    long nowMs = scheduler.nowMs();
    int attempt = cursor.attemptFailed(nowMs);
    long timeoutMs = options.getRetryTimeoutMs();
    if (timeoutMs > 0 && cursor.failingForMs(nowMs) >= timeoutMs) {
      fatal(StreamHouseException.of(
          failure.code(),
          name(cursor) + " could not be read for " + timeoutMs + " ms: " + failure.getMessage(),
          failure));
      return;
    }
    if (attempt == ATTEMPTS_UNTIL_WARNING) {
      LOG.warn("{} cannot be read at present, trying on: {}", name(cursor), failure.getMessage());
    }
    long delayMs = policy.delayMs(attempt);
    cursor.retryAt(nowMs + delayMs);
    failure.holderAddress().ifPresent(holder -> leaders.hint(cursor.partition(), holder));
    leaders.refresh();
    scheduler.schedule(delayMs, this::pump);
  }

  private StreamHouseException describe(StreamHouseException failure) {
    if (failure.code() != ErrorCode.UNKNOWN_TOPIC) {
      return failure;
    }
    return StreamHouseException.of(
        ErrorCode.UNKNOWN_TOPIC,
        "Topic '" + options.getTopic() + "' was deleted while it was being read",
        failure);
  }

  private void fatal(StreamHouseException failure) {
    closed = true;
    listener.onFatalFailure(failure);
  }

  private String name(PartitionCursor cursor) {
    return options.getTopic() + "-" + cursor.partition();
  }

  private static StreamHouseException asFailure(@Nullable Throwable cause) {
    return cause instanceof StreamHouseException known
        ? known
        : StreamHouseException.of(
            ErrorCode.INTERNAL, "a fetch failed: " + cause, new IllegalStateException(cause));
  }
}
