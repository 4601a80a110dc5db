package io.streamhouse.testing;

import io.streamhouse.ErrorCode;
import io.streamhouse.StreamHouseException;
import io.streamhouse.common.PartitionId;
import io.streamhouse.common.ProducerIdentity;
import io.streamhouse.common.TopicNames;
import io.streamhouse.metadata.AgentInfo;
import io.streamhouse.metadata.Chunk;
import io.streamhouse.metadata.ChunkLocation;
import io.streamhouse.metadata.CommitRequest;
import io.streamhouse.metadata.CommitResult;
import io.streamhouse.metadata.MetadataStore;
import io.streamhouse.metadata.PartitionState;
import io.streamhouse.metadata.ProducerState;
import io.streamhouse.metadata.SegmentObject;
import io.streamhouse.metadata.TopicInfo;
import io.streamhouse.testing.MemoryCommitter.Partition;
import io.streamhouse.testing.MemoryCommitter.Session;
import io.streamhouse.testing.MemoryCommitter.StoredObject;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.LongSupplier;

/**
 * The metadata's semantics in memory, for state machines on virtual time. Passes the same contract as the store in
 * PostgreSQL. Commits can be made to fail before or after they have happened.
 */
public final class MemoryMetadataStore implements MetadataStore {
  private final LongSupplier clockMs;
  private final UUID clusterId = new UUID(1, 1);
  private final Map<String, TopicInfo> topics = new TreeMap<>();
  private final Map<UUID, Session> sessions = new LinkedHashMap<>();
  private final Map<PartitionId, Partition> partitions = new TreeMap<>();
  private final Map<UUID, StoredObject> objects = new LinkedHashMap<>();
  private final MemoryProducers producers = new MemoryProducers();
  private final MemoryCommitter committer =
      new MemoryCommitter(sessions, partitions, objects, producers);
  private final Deque<CommitFault> nextCommits = new ArrayDeque<>();
  private Future<Void> nextOpening = Future.succeededFuture();
  private long uuids;
  private int commits;

  /** What happens to a commit instead of an answer. */
  public enum CommitFault {
    /** It does not happen, and the caller knows. */
    REFUSED,
    /** It does not happen, and the caller does not know. */
    LOST_BEFORE,
    /** It happens, and the caller does not know. */
    LOST_AFTER,
    /** It never answers, and does not happen. */
    HANGS
  }

  /** A store whose sessions live by this clock. */
  public MemoryMetadataStore(LongSupplier clockMs) {
    this.clockMs = clockMs;
  }

  /** What happens to the next commit. */
  public void failNextCommit(CommitFault fault) {
    nextCommits.add(fault);
  }

  /** The next session that is opened is there at once, but the answer waits for this future. */
  public void holdNextOpening(Future<Void> release) {
    nextOpening = release;
  }

  /** How many commits were asked for. */
  public int commits() {
    return commits;
  }

  /** The state of an object: committed, tombstone, or empty for none. */
  public String stateOf(UUID objectId) {
    StoredObject stored = objects.get(objectId);
    return stored == null ? "" : stored.tombstone() ? "tombstone" : "committed";
  }

  /** Its producers. */
  MemoryProducers producers() {
    return producers;
  }

  @Override
  public Future<UUID> clusterId() {
    return Future.succeededFuture(clusterId);
  }

  @Override
  public String describe() {
    return "memory";
  }

  @Override
  public Future<Void> close() {
    return Future.succeededFuture();
  }

  @Override
  public Future<TopicInfo> createTopic(String name, int count, Map<String, String> config) {
    try {
      TopicNames.validate(name);
    } catch (StreamHouseException e) {
      return Future.failedFuture(e);
    }
    if (count < 1 || count > 10_000) {
      return failed(ErrorCode.INVALID_ARGUMENT, "a topic has 1 to 10000 partitions, not " + count);
    }
    if (topics.containsKey(name)) {
      return failed(ErrorCode.TOPIC_ALREADY_EXISTS, "Topic '" + name + "' exists already");
    }
    TopicInfo topic = new TopicInfo(new UUID(2, ++uuids), name, count, config, clockMs.getAsLong());
    topics.put(name, topic);
    for (int i = 0; i < count; i++) {
      partitions.put(new PartitionId(topic.id(), i), new Partition());
    }
    return Future.succeededFuture(topic);
  }

  @Override
  public Future<TopicInfo> findTopic(String name) {
    TopicInfo topic = topics.get(name);
    return topic == null
        ? failed(ErrorCode.UNKNOWN_TOPIC, "Topic '" + name + "' does not exist")
        : Future.succeededFuture(topic);
  }

  @Override
  public Future<TopicInfo> findTopic(UUID topicId) {
    return topics.values().stream()
        .filter(topic -> topic.id().equals(topicId))
        .findFirst()
        .map(Future::succeededFuture)
        .orElseGet(
            () -> failed(ErrorCode.UNKNOWN_TOPIC, "Topic with id " + topicId + " does not exist"));
  }

  @Override
  public Future<List<TopicInfo>> listTopics() {
    return Future.succeededFuture(List.copyOf(topics.values()));
  }

  @Override
  public Future<TopicInfo> alterTopic(String name, int count, Map<String, String> config) {
    return findTopic(name).compose(topic -> {
      if (count != 0 && count < topic.partitions()) {
        return failed(
            ErrorCode.INVALID_ARGUMENT,
            "Topic '" + name + "' has " + topic.partitions() + " already");
      }
      int grown = Math.max(count, topic.partitions());
      for (int i = topic.partitions(); i < grown; i++) {
        partitions.put(new PartitionId(topic.id(), i), new Partition());
      }
      Map<String, String> merged = new HashMap<>(topic.config());
      merged.putAll(config);
      TopicInfo altered = new TopicInfo(topic.id(), name, grown, merged, topic.createdAtMs());
      topics.put(name, altered);
      return Future.succeededFuture(altered);
    });
  }

  @Override
  public Future<Void> deleteTopic(String name) {
    return findTopic(name).map(topic -> {
      topics.remove(name);
      partitions.keySet().removeIf(id -> id.topicId().equals(topic.id()));
      Set<UUID> live = new HashSet<>();
      partitions
          .values()
          .forEach(
              partition -> partition.chunks.values().forEach(chunk -> live.add(chunk.objectId())));
      objects.replaceAll((id, stored) -> live.contains(id) ? stored : stored.asTombstone());
      return null;
    });
  }

  @Override
  public Future<AgentInfo> openSession(String agentId, String address, String zone, long ttlMs) {
    AgentInfo info = new AgentInfo(new UUID(3, ++uuids), agentId, address, zone);
    sessions.put(info.sessionId(), new Session(info, clockMs.getAsLong() + ttlMs));
    Future<Void> release = nextOpening;
    nextOpening = Future.succeededFuture();
    return release.map(info);
  }

  @Override
  public Future<Boolean> heartbeat(UUID sessionId, long ttlMs) {
    Session session = sessions.get(sessionId);
    if (session == null || session.dead) {
      return Future.succeededFuture(false);
    }
    session.expiresAtMs = clockMs.getAsLong() + ttlMs;
    return Future.succeededFuture(true);
  }

  @Override
  public Future<Void> closeSession(UUID sessionId) {
    Session session = sessions.get(sessionId);
    if (session != null) {
      session.dead = true;
    }
    return Future.succeededFuture();
  }

  /** A session's time is over; it lives on only when its heartbeat comes before others want its leases. */
  public void expireSession(UUID sessionId) {
    sessions.get(sessionId).expiresAtMs = clockMs.getAsLong();
  }

  @Override
  public Future<List<AgentInfo>> liveAgents() {
    return Future.succeededFuture(sessions.values().stream()
        .filter(this::isLive)
        .map(session -> session.info)
        .toList());
  }

  @Override
  public Future<List<PartitionState>> acquireLeases(UUID sessionId, List<PartitionId> wanted) {
    Session session = sessions.get(sessionId);
    if (session == null || !isLive(session)) {
      return Future.failedFuture(
          StreamHouseException.notLeader("session " + sessionId + " is dead or has expired", null));
    }
    List<PartitionState> states = new ArrayList<>();
    for (PartitionId id : wanted) {
      Partition partition = partitions.get(id);
      if (partition == null) {
        continue;
      }
      Session holder = partition.sessionId == null ? null : sessions.get(partition.sessionId);
      if (holder != session) {
        if (holder != null && !isLive(holder)) {
          holder.dead = true;
        }
        if (holder == null || holder.dead) {
          partition.sessionId = sessionId;
          partition.epoch++;
        }
      }
      states.add(state(id, partition));
    }
    return Future.succeededFuture(states);
  }

  @Override
  public Future<Void> releaseLeases(UUID sessionId, List<PartitionId> released) {
    for (PartitionId id : released) {
      Partition partition = partitions.get(id);
      if (partition != null && sessionId.equals(partition.sessionId)) {
        partition.sessionId = null;
      }
    }
    return Future.succeededFuture();
  }

  @Override
  public Future<List<PartitionState>> partitions(UUID topicId) {
    List<PartitionState> states = new ArrayList<>();
    partitions.forEach((id, partition) -> {
      if (id.topicId().equals(topicId)) {
        states.add(state(id, partition));
      }
    });
    return Future.succeededFuture(states);
  }

  @Override
  public Future<List<ProducerState>> producerStates(List<PartitionId> wanted) {
    List<ProducerState> states = new ArrayList<>();
    wanted.forEach(id -> states.addAll(partitions.get(id).producers.values()));
    return Future.succeededFuture(states);
  }

  @Override
  public Future<CommitResult> commit(CommitRequest request) {
    commits++;
    request.objects().forEach(object -> {
      if (request.chunks().stream()
          .noneMatch(chunk -> chunk.objectId().equals(object.objectId()))) {
        throw new IllegalArgumentException(object.key() + " is committed without a chunk");
      }
    });
    CommitFault fault = nextCommits.poll();
    if (fault == null) {
      return Future.succeededFuture(committer.apply(request));
    }
    return switch (fault) {
      case REFUSED -> failed(ErrorCode.UNAVAILABLE, "refused on purpose");
      case LOST_BEFORE -> lost();
      case LOST_AFTER -> {
        committer.apply(request);
        yield lost();
      }
      case HANGS -> io.vertx.core.Promise.<CommitResult>promise().future();
    };
  }

  @Override
  public Future<CommitResult> claimObjects(CommitRequest request) {
    return Future.succeededFuture(committer.claim(request));
  }

  @Override
  public Future<Void> discardObjects(UUID sessionId, List<SegmentObject> discarded) {
    discarded.forEach(
        object -> objects.putIfAbsent(object.objectId(), new StoredObject(object, true, false)));
    return Future.succeededFuture();
  }

  @Override
  public Future<List<ChunkLocation>> chunksFrom(PartitionId id, long offset, int limit) {
    Partition partition = partitions.get(id);
    if (partition == null) {
      return Future.succeededFuture(List.of());
    }
    return Future.succeededFuture(partition.chunks.values().stream()
        .filter(chunk -> chunk.lastOffset() >= offset)
        .limit(limit)
        .map(this::location)
        .toList());
  }

  @Override
  public Future<List<ChunkLocation>> firstChunkAt(PartitionId id, long timestampMs) {
    return Future.succeededFuture(partitions.get(id).chunks.values().stream()
        .filter(chunk -> chunk.maxTimestampMs() >= timestampMs)
        .limit(1)
        .map(this::location)
        .toList());
  }

  @Override
  public Future<Map<PartitionId, PartitionState>> partitionStates(List<PartitionId> wanted) {
    Map<PartitionId, PartitionState> states = new HashMap<>();
    for (PartitionId id : wanted) {
      Partition partition = partitions.get(id);
      if (partition != null) {
        states.put(id, state(id, partition));
      }
    }
    return Future.succeededFuture(states);
  }

  @Override
  public Future<List<SegmentObject>> objectsOf(UUID topicId, int limit) {
    Set<UUID> found = new HashSet<>();
    partitions.forEach((id, partition) -> {
      if (id.topicId().equals(topicId)) {
        partition.chunks.values().forEach(chunk -> found.add(chunk.objectId()));
      }
    });
    return Future.succeededFuture(objects.values().stream()
        .map(stored -> stored.object())
        .filter(object -> found.contains(object.objectId()))
        .limit(limit)
        .toList());
  }

  @Override
  public Future<ProducerIdentity> newProducer() {
    return producers.newProducer();
  }

  @Override
  public Future<ProducerIdentity> takeOver(String producerName) {
    return producers.takeOver(producerName);
  }

  @Override
  public Future<ProducerIdentity> raiseEpoch(ProducerIdentity present) {
    return producers.raiseEpoch(present);
  }

  @Override
  public Future<Map<Long, Integer>> lowestEpochs(Collection<Long> producerIds) {
    return producers.lowestEpochs(producerIds);
  }

  private PartitionState state(PartitionId id, Partition partition) {
    Session holder = partition.sessionId == null ? null : sessions.get(partition.sessionId);
    Optional<AgentInfo> live =
        holder != null && isLive(holder) ? Optional.of(holder.info) : Optional.empty();
    return new PartitionState(id, partition.epoch, 0, partition.endOffset, live);
  }

  private boolean isLive(Session session) {
    return !session.dead && session.expiresAtMs > clockMs.getAsLong();
  }

  private ChunkLocation location(Chunk chunk) {
    return new ChunkLocation(chunk, objects.get(chunk.objectId()).object().key());
  }

  private static <T> Future<T> lost() {
    return Future.failedFuture(StreamHouseException.unknownOutcome(
        ErrorCode.UNAVAILABLE, "the answer was lost on purpose", null));
  }

  private static <T> Future<T> failed(ErrorCode code, String message) {
    return Future.failedFuture(StreamHouseException.of(code, message));
  }
}
