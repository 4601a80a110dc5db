package io.streamhouse.agent;

import io.streamhouse.ErrorCode;
import io.streamhouse.StreamHouseException;
import io.streamhouse.common.AgentAddress;
import io.streamhouse.common.PartitionId;
import io.streamhouse.common.RetryPolicy;
import io.streamhouse.common.Scheduler;
import io.streamhouse.metadata.MetadataStore;
import io.streamhouse.record.BatchLimits;
import io.streamhouse.record.BatchValidator;
import io.streamhouse.record.InvalidBatchException;
import io.streamhouse.record.RecordBatch;
import io.streamhouse.storage.ObjectStore;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The agent without its servers: validates batches, gets them leases, hands them to the flush pipeline, and lives
 * through the loss of its session by opening another.
 *
 * <p>States: <em>joining</em> (no session: batches are refused as UNAVAILABLE), <em>active</em> (one session with its
 * leases and pipeline), <em>draining</em> (refuses, flushes what it has), <em>stopped</em>. Takes time and I/O as
 * arguments, and is confined to one event loop.
 */
final class Agent {
  private static final Logger LOG = LoggerFactory.getLogger(Agent.class);

  private final MetadataStore metadata;
  private final ObjectStore storage;
  private final Scheduler scheduler;
  private final AgentOptions options;
  private final BatchLimits limits;
  private final Supplier<UUID> ids;
  private final RetryPolicy retries;
  private final MemoryGate memory;
  private final TailCache tails;
  private final TopicDirectory topics;
  private final LogReader reader;
  private final ProducerRegistry producers;
  private final StoreHealth storageHealth;
  private final StoreHealth databaseHealth;
  private final Map<PartitionId, Entrance> entrances = new HashMap<>();
  private @Nullable ActiveSession active;
  private @Nullable AgentAddress address;
  private Future<Void> joining = Future.succeededFuture();
  private UUID clusterId = new UUID(0, 0);
  private boolean draining;

  Agent(
      MetadataStore metadata,
      ObjectStore storage,
      Scheduler scheduler,
      AgentOptions options,
      Supplier<UUID> ids,
      RetryPolicy retries) {
    this.metadata = metadata;
    this.storage = storage;
    this.scheduler = scheduler;
    this.options = options;
    this.limits = options.batchLimits();
    this.ids = ids;
    this.retries = retries;
    this.memory = new MemoryGate(options.getBufferBytesMax());
    this.tails = new TailCache(options.getTailCacheBytesMax());
    this.topics = new TopicDirectory(metadata, scheduler);
    this.producers = new ProducerRegistry(metadata);
    this.storageHealth =
        new StoreHealth("The object store (" + storage.describe() + ")", scheduler);
    this.databaseHealth = new StoreHealth("The database (" + metadata.describe() + ")", scheduler);
    this.reader = new LogReader(
        this::heldLog,
        tails,
        metadata,
        new ChunkReader(storage, options.getChunkCacheBytesMax()),
        options.getUncompressedBytesMax());
  }

  /** Joins the cluster: from then on batches are taken. */
  Future<Void> start(AgentAddress advertised) {
    address = advertised;
    return metadata.clusterId().compose(id -> {
      clusterId = id;
      return openSession(advertised);
    });
  }

  /**
   * Appends one batch, as it came from outside.
   *
   * @param bytes written to in place; must not change afterwards
   * @return its offset, when it is durable
   */
  Future<AppendResult> append(PartitionId partition, ByteBuffer bytes) {
    ActiveSession session = active;
    if (session == null || draining) {
      return Future.failedFuture(unavailable());
    }
    Optional<String> trouble = trouble();
    if (trouble.isPresent()) {
      return Future.failedFuture(StreamHouseException.of(
          ErrorCode.UNAVAILABLE,
          "agent " + options.getAgentId() + " cannot store: " + trouble.get()));
    }
    RecordBatch batch;
    try {
      batch = BatchValidator.validate(bytes, limits);
    } catch (InvalidBatchException e) {
      return Future.failedFuture(refused(partition, e));
    }
    PartitionLog log = entrances.containsKey(partition) ? null : session.leases.heldLog(partition);
    if (log != null && producers.knows(batch)) {
      return append(session, log, batch);
    }
    return entrances.computeIfAbsent(partition, id -> new Entrance(session, id)).enter(batch);
  }

  /** Flushes everything, then leaves the cluster. Batches that come meanwhile are sent elsewhere. */
  Future<Void> stop() {
    draining = true;
    ActiveSession session = active;
    if (session == null) {
      // A session that is being opened is closed as soon as it is there.
      return joining.otherwiseEmpty();
    }
    LOG.info("Draining: {} leases, {} bytes in memory", session.leases.heldCount(), memory.bytes());
    Promise<Void> drained = Promise.promise();
    Scheduler.Task deadline = scheduler.schedule(options.getDrainTimeoutMs(), () -> {
      LOG.warn(
          "Not everything was flushed within {} ms: producers send the rest again, elsewhere",
          options.getDrainTimeoutMs());
      drained.tryComplete();
    });
    session.pipeline.drain().onComplete(v -> drained.tryComplete());
    return drained.future().onComplete(v -> deadline.cancel()).compose(v -> leave(session));
  }

  /** Why nothing can be stored just now. With nothing in memory the next batch is the one that finds out. */
  private Optional<String> trouble() {
    return memory.bytes() == 0
        ? Optional.empty()
        : storageHealth.trouble().or(databaseHealth::trouble);
  }

  MemoryGate memory() {
    return memory;
  }

  TopicDirectory topics() {
    return topics;
  }

  LogReader reader() {
    return reader;
  }

  MetadataStore metadata() {
    return metadata;
  }

  ObjectStore storage() {
    return storage;
  }

  AgentOptions options() {
    return options;
  }

  Scheduler scheduler() {
    return scheduler;
  }

  /** Whether batches are taken now. */
  boolean isReady() {
    return active != null && !draining;
  }

  /** The log of a partition that is led here, or null. */
  @Nullable
  PartitionLog heldLog(PartitionId partition) {
    ActiveSession session = active;
    return session == null ? null : session.leases.heldLog(partition);
  }

  private Future<AppendResult> append(ActiveSession session, PartitionLog log, RecordBatch batch) {
    try {
      producers.check(batch);
      return session.pipeline.append(log, batch);
    } catch (StreamHouseException e) {
      return Future.failedFuture(e);
    }
  }

  private Future<Void> openSession(AgentAddress advertised) {
    joining = AgentSession.open(
            metadata, scheduler, retries, options, advertised.toString(), this::sessionLost)
        .compose(session -> {
          if (draining) {
            return close(session);
          }
          active = activate(session);
          LOG.info(
              "Agent {} at {} has session {}",
              options.getAgentId(),
              advertised,
              session.info().sessionId());
          return Future.succeededFuture();
        });
    return joining;
  }

  private ActiveSession activate(AgentSession session) {
    LeaseKeeper leases = new LeaseKeeper(metadata, session.info(), scheduler, tails);
    SegmentUploader uploader =
        new SegmentUploader(storage, storage, scheduler, retries, storageHealth);
    SegmentCommitter committer = new SegmentCommitter(
        metadata, scheduler, retries, tails::add, producers, databaseHealth, session::fenced);
    SegmentFactory segments = new SegmentFactory(clusterId, session.info().sessionId(), ids);
    FlushPipeline pipeline =
        new FlushPipeline(scheduler, uploader, committer, memory, options, segments);
    return new ActiveSession(session, leases, pipeline);
  }

  private void sessionLost(String reason) {
    ActiveSession lost = active;
    if (lost == null) {
      return;
    }
    active = null;
    LOG.warn(
        "Agent {} has lost session {}: {}. Its {} leases are gone, producers send again what was in flight",
        options.getAgentId(),
        lost.session.info().sessionId(),
        reason,
        lost.leases.heldCount());
    end(lost, reason);
    if (!draining) {
      rejoin(0);
    }
  }

  private static void end(ActiveSession session, String reason) {
    session.leases.close(StreamHouseException.unknownOutcome(
        ErrorCode.UNAVAILABLE, "the agent has given up its leases: " + reason, null));
    session.pipeline.abort();
  }

  private void rejoin(int attempt) {
    AgentAddress advertised = address;
    if (advertised == null || draining) {
      return;
    }
    openSession(advertised).onFailure(failure -> {
      if (attempt == 0) {
        LOG.warn("Cannot open a new session: {}. Trying again", failure.getMessage());
      }
      scheduler.schedule(retries.delayMs(attempt), () -> rejoin(attempt + 1));
    });
  }

  private Future<Void> leave(ActiveSession session) {
    if (active != session) {
      return Future.succeededFuture();
    }
    active = null;
    end(session, "it is shutting down");
    return close(session.session);
  }

  private Future<Void> close(AgentSession session) {
    return session
        .close()
        .onFailure(failure -> LOG.warn(
            "Cannot close session {}: {}. It expires within {} ms",
            session.info().sessionId(),
            failure.getMessage(),
            options.getSessionTtlMs()));
  }

  private StreamHouseException unavailable() {
    return StreamHouseException.of(
        ErrorCode.UNAVAILABLE,
        draining
            ? "agent " + options.getAgentId() + " is shutting down: send to another"
            : "agent " + options.getAgentId()
                + " has no session at the moment: send again, or to another");
  }

  private static StreamHouseException refused(PartitionId partition, InvalidBatchException e) {
    ErrorCode code =
        switch (e.kind()) {
          case CORRUPT -> ErrorCode.CORRUPT_BATCH;
          case TOO_LARGE -> ErrorCode.RECORD_TOO_LARGE;
          case UNSUPPORTED -> ErrorCode.INVALID_ARGUMENT;
        };
    return StreamHouseException.of(code, "batch for " + partition + ": " + e.getMessage(), e);
  }

  private record ActiveSession(AgentSession session, LeaseKeeper leases, FlushPipeline pipeline) {}

  /**
   * The way in for batches of a partition that have to wait, for its lease or for what the database knows of their
   * producers: they enter in the order in which they came, and while there are any, nobody overtakes them.
   */
  private final class Entrance {
    private final ActiveSession session;
    private final PartitionId partition;
    private final Deque<Entering> queue = new ArrayDeque<>();

    Entrance(ActiveSession session, PartitionId partition) {
      this.session = session;
      this.partition = partition;
    }

    Future<AppendResult> enter(RecordBatch batch) {
      Entering entering = new Entering(batch, Promise.promise());
      memory.acquire(batch.sizeBytes());
      queue.add(entering);
      if (queue.size() == 1) {
        admitFirst();
      }
      return entering.result.future();
    }

    private void admitFirst() {
      RecordBatch first = queue.element().batch;
      Future<Void> known =
          producers.knows(first) ? Future.succeededFuture() : producers.load(first);
      known.onComplete(loaded -> {
        if (loaded.failed()) {
          refuse(loaded.cause());
          admitOthers();
        } else {
          topics
              .partition(partition.topicId(), partition.partition())
              .compose(session.leases::log)
              .onSuccess(log -> {
                admit(log);
                admitOthers();
              })
              .onFailure(this::refuseAll);
        }
      });
    }

    /** Those whose producer is known enter at once, the first other one has to ask. */
    private void admitOthers() {
      while (!queue.isEmpty()) {
        PartitionLog log = session.leases.heldLog(partition);
        if (log == null || !producers.knows(queue.element().batch)) {
          admitFirst();
          return;
        }
        admit(log);
      }
      entrances.remove(partition, this);
    }

    private void admit(PartitionLog log) {
      Entering entering = queue.remove();
      append(session, log, entering.batch).onComplete(entering.result);
      // Counted in by the pipeline first: otherwise the gate would open for the moment in between.
      memory.release(entering.batch.sizeBytes());
    }

    private void refuseAll(Throwable failure) {
      entrances.remove(partition, this);
      while (!queue.isEmpty()) {
        refuse(failure);
      }
    }

    /** Whatever the failure says of its own call: this batch has not been written. */
    private void refuse(Throwable failure) {
      Entering entering = queue.remove();
      memory.release(entering.batch.sizeBytes());
      entering.result.fail(
          failure instanceof StreamHouseException known && known.mayHaveBeenWritten()
              ? StreamHouseException.of(known.code(), String.valueOf(known.getMessage()), known)
              : failure);
    }

    private record Entering(RecordBatch batch, Promise<AppendResult> result) {}
  }
}
