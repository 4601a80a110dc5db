package io.streamhouse.agent;

import io.streamhouse.ErrorCode;
import io.streamhouse.StreamHouseException;
import io.streamhouse.common.PartitionId;
import io.streamhouse.common.RetryPolicy;
import io.streamhouse.common.Scheduler;
import io.streamhouse.metadata.Chunk;
import io.streamhouse.metadata.CommitRequest;
import io.streamhouse.metadata.CommitResult;
import io.streamhouse.metadata.CommitResult.PartitionStatus;
import io.streamhouse.metadata.CommitStore;
import io.streamhouse.metadata.ProducerState;
import io.streamhouse.metadata.SegmentObject;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes stored segments part of the log, and finds out what happened when the database does not say: a commit whose
 * outcome is unknown is settled by claiming its objects, never by looking or guessing. Tries as long as the session
 * lives.
 */
final class SegmentCommitter {
  /** Most segments in one transaction. */
  static final int SEGMENTS_MAX = 16;

  private static final Logger LOG = LoggerFactory.getLogger(SegmentCommitter.class);

  /** What became of the segments of a commit. */
  enum Outcome {
    /** Each partition's batches are durable, or their log is fenced. */
    SETTLED,
    /** Nothing was committed, and nothing ever will be under these objects. */
    OBJECTS_LOST
  }

  private final CommitStore commits;
  private final Scheduler scheduler;
  private final RetryPolicy retries;
  private final BiConsumer<PartitionLog, List<PendingBatch>> onDurable;
  private final Runnable onSessionFenced;
  private final ProducerRegistry producers;
  private final StoreHealth health;

  /**
   * Creates a committer.
   *
   * @param onDurable told of batches that have just become part of the log
   * @param producers told of batches that were refused because of a fenced producer
   * @param health told how the database does
   * @param onSessionFenced told that the session is dead
   */
  SegmentCommitter(
      CommitStore commits,
      Scheduler scheduler,
      RetryPolicy retries,
      BiConsumer<PartitionLog, List<PendingBatch>> onDurable,
      ProducerRegistry producers,
      StoreHealth health,
      Runnable onSessionFenced) {
    this.commits = commits;
    this.scheduler = scheduler;
    this.retries = retries;
    this.onDurable = onDurable;
    this.producers = producers;
    this.health = health;
    this.onSessionFenced = onSessionFenced;
  }

  /**
   * Commits segments, in their order, in one transaction.
   *
   * @param alive whether it is still worth trying; once false, the future may never complete
   */
  Future<Outcome> commit(UUID sessionId, List<ClosedSegment> segments, BooleanSupplier alive) {
    CommitRequest request = requestOf(sessionId, segments);
    Attempt attempt = new Attempt(request, segments, alive, Promise.promise());
    commit(attempt, 0);
    return attempt.done.future();
  }

  /** Leaves objects that are stored, but of which nothing will be committed, to the collector. */
  void discard(UUID sessionId, List<SegmentObject> objects) {
    commits
        .discardObjects(sessionId, objects)
        .onFailure(failure -> LOG.info(
            "Cannot mark {} objects as unwanted: {}. They are found again when the bucket is searched for orphans",
            objects.size(),
            failure.getMessage()));
  }

  private void commit(Attempt attempt, int count) {
    commits
        .commit(attempt.request)
        .onSuccess(result -> settle(attempt, result))
        .onFailure(failure -> {
          boolean unknown =
              !(failure instanceof StreamHouseException known) || known.mayHaveBeenWritten();
          again(attempt, count, failure, next -> {
            if (unknown) {
              claim(attempt, next);
            } else {
              commit(attempt, next);
            }
          });
        });
  }

  private void claim(Attempt attempt, int count) {
    commits
        .claimObjects(attempt.request)
        .onSuccess(result -> settle(attempt, result))
        .onFailure(failure -> again(attempt, count, failure, next -> claim(attempt, next)));
  }

  private void again(Attempt attempt, int count, Throwable failure, IntConsumer action) {
    if (!attempt.alive.getAsBoolean()) {
      return;
    }
    health.failed(failure);
    scheduler.schedule(retries.delayMs(count), () -> action.accept(count + 1));
  }

  private void settle(Attempt attempt, CommitResult result) {
    health.worked();
    switch (result.status()) {
      case APPLIED -> {
        attempt.segments.forEach(
            segment -> segment.flushes().forEach(flush -> apply(flush, result.partitions())));
        attempt.done.complete(Outcome.SETTLED);
      }
      case SESSION_FENCED -> onSessionFenced.run();
      case OBJECT_CLAIMED -> attempt.done.complete(Outcome.OBJECTS_LOST);
    }
  }

  private void apply(PartitionFlush flush, Map<PartitionId, PartitionStatus> statuses) {
    PartitionLog log = flush.log();
    if (log.isFenced()) {
      return;
    }
    PartitionStatus status = statuses.getOrDefault(log.id(), PartitionStatus.LEASE_FENCED);
    if (status == PartitionStatus.ACCEPTED) {
      onDurable.accept(log, flush.batches());
      log.committed(flush.batches());
    } else {
      LOG.info(
          "The commit for {} at lease epoch {} was refused: {}", log.id(), log.epoch(), status);
      if (status == PartitionStatus.PRODUCER_FENCED) {
        producers.learn(flush.batches());
      }
      log.fence(refusal(log, status));
    }
  }

  private static StreamHouseException refusal(PartitionLog log, PartitionStatus status) {
    return switch (status) {
      case PRODUCER_FENCED ->
        StreamHouseException.of(
            ErrorCode.UNAVAILABLE,
            "batches for " + log.id()
                + " were refused together with those of a fenced producer: send them again");
      case UNKNOWN_PARTITION ->
        StreamHouseException.of(
            ErrorCode.UNKNOWN_TOPIC, "the topic of " + log.id() + " has been deleted");
      default ->
        StreamHouseException.notLeader(
            "another agent has taken over " + log.id() + " (" + status + ")", null);
    };
  }

  private static CommitRequest requestOf(UUID sessionId, List<ClosedSegment> segments) {
    List<SegmentObject> objects = new ArrayList<>(segments.size());
    List<Chunk> chunks = new ArrayList<>();
    // A later segment's state includes an earlier one's: the last one counts.
    Map<PartitionId, Map<Long, ProducerState>> states = new LinkedHashMap<>();
    for (ClosedSegment segment : segments) {
      objects.add(segment.object());
      chunks.addAll(segment.chunksToCommit());
      for (PartitionFlush flush : segment.flushes()) {
        if (!flush.log().isFenced()) {
          Map<Long, ProducerState> ofPartition =
              states.computeIfAbsent(flush.log().id(), id -> new LinkedHashMap<>());
          flush.producerStates().forEach(state -> ofPartition.put(state.producerId(), state));
        }
      }
    }
    List<ProducerState> latest = new ArrayList<>();
    states.values().forEach(ofPartition -> latest.addAll(ofPartition.values()));
    return new CommitRequest(sessionId, objects, chunks, latest);
  }

  private record Attempt(
      CommitRequest request,
      List<ClosedSegment> segments,
      BooleanSupplier alive,
      Promise<Outcome> done) {}
}
