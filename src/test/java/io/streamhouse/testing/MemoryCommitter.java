package io.streamhouse.testing;

import io.streamhouse.common.PartitionId;
import io.streamhouse.metadata.AgentInfo;
import io.streamhouse.metadata.Chunk;
import io.streamhouse.metadata.CommitRequest;
import io.streamhouse.metadata.CommitResult;
import io.streamhouse.metadata.CommitResult.PartitionStatus;
import io.streamhouse.metadata.CommitResult.Status;
import io.streamhouse.metadata.ProducerState;
import io.streamhouse.metadata.SegmentObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/** The commit of a {@link MemoryMetadataStore}, and the rows it works on. */
final class MemoryCommitter {
  private final Map<UUID, Session> sessions;
  private final Map<PartitionId, Partition> partitions;
  private final Map<UUID, StoredObject> objects;
  private final MemoryProducers producers;

  MemoryCommitter(
      Map<UUID, Session> sessions,
      Map<PartitionId, Partition> partitions,
      Map<UUID, StoredObject> objects,
      MemoryProducers producers) {
    this.sessions = sessions;
    this.partitions = partitions;
    this.objects = objects;
    this.producers = producers;
  }

  /** Commits, as the function commit_segments does. */
  CommitResult apply(CommitRequest request) {
    Session session = sessions.get(request.sessionId());
    if (session == null || session.dead) {
      return new CommitResult(Status.SESSION_FENCED, Map.of());
    }
    if (request.objects().stream().anyMatch(this::isKnown)) {
      return claimed();
    }
    Map<PartitionId, List<Chunk>> byPartition = new TreeMap<>();
    request.chunks().forEach(chunk -> byPartition
        .computeIfAbsent(chunk.partitionId(), id -> new ArrayList<>())
        .add(chunk));
    byPartition.values().forEach(MemoryCommitter::requireDense);
    Map<PartitionId, PartitionStatus> statuses = new HashMap<>();
    Set<UUID> used = new HashSet<>();
    byPartition.forEach((id, chunks) -> {
      PartitionStatus status = statusOf(request, id, chunks);
      statuses.put(id, status);
      if (status == PartitionStatus.ACCEPTED) {
        Partition partition = partitions.get(id);
        for (Chunk chunk : chunks) {
          used.add(chunk.objectId());
          partition.chunks.put(chunk.baseOffset(), chunk);
          partition.endOffset = chunk.lastOffset() + 1;
        }
        request.producerStates().stream()
            .filter(state -> state.partitionId().equals(id))
            .forEach(state -> partition.producers.put(state.producerId(), state));
      }
    });
    request
        .objects()
        .forEach(object -> objects.put(
            object.objectId(), new StoredObject(object, !used.contains(object.objectId()), true)));
    return new CommitResult(Status.APPLIED, statuses);
  }

  private boolean isKnown(SegmentObject object) {
    return objects.containsKey(object.objectId())
        || objects.values().stream().anyMatch(stored -> stored.object.key().equals(object.key()));
  }

  private static void requireDense(List<Chunk> chunks) {
    for (int i = 1; i < chunks.size(); i++) {
      if (chunks.get(i).baseOffset() != chunks.get(i - 1).lastOffset() + 1) {
        throw new IllegalArgumentException("chunks do not follow each other: " + chunks);
      }
    }
  }

  private PartitionStatus statusOf(CommitRequest request, PartitionId id, List<Chunk> chunks) {
    Partition partition = partitions.get(id);
    if (partition == null) {
      return PartitionStatus.UNKNOWN_PARTITION;
    }
    if (!request.sessionId().equals(partition.sessionId)
        || chunks.get(0).epoch() != partition.epoch) {
      return PartitionStatus.LEASE_FENCED;
    }
    boolean producerFenced = request.producerStates().stream()
        .filter(state -> state.partitionId().equals(id))
        .anyMatch(state -> producers.isFenced(state.producerId(), state.epoch()));
    if (producerFenced) {
      return PartitionStatus.PRODUCER_FENCED;
    }
    return chunks.get(0).baseOffset() == partition.endOffset
        ? PartitionStatus.ACCEPTED
        : PartitionStatus.OFFSET_FENCED;
  }

  private Map<PartitionId, PartitionStatus> statusesAsCommitted(CommitRequest request) {
    Map<PartitionId, PartitionStatus> statuses = new HashMap<>();
    for (Chunk chunk : request.chunks()) {
      Partition partition = partitions.get(chunk.partitionId());
      boolean there = partition != null && chunk.equals(partition.chunks.get(chunk.baseOffset()));
      statuses.put(
          chunk.partitionId(), there ? PartitionStatus.ACCEPTED : PartitionStatus.LEASE_FENCED);
    }
    return statuses;
  }

  private static CommitResult claimed() {
    return new CommitResult(Status.OBJECT_CLAIMED, Map.of());
  }

  /** Claims, as the function claim_objects does. */
  CommitResult claim(CommitRequest request) {
    boolean committed = false;
    for (SegmentObject object : request.objects()) {
      StoredObject known = objects.get(object.objectId());
      if (known == null) {
        objects.put(object.objectId(), new StoredObject(object, true, false));
      } else {
        committed |= known.applied;
      }
    }
    return committed ? new CommitResult(Status.APPLIED, statusesAsCommitted(request)) : claimed();
  }

  static final class Session {
    final AgentInfo info;
    long expiresAtMs;
    boolean dead;

    Session(AgentInfo info, long expiresAtMs) {
      this.info = info;
      this.expiresAtMs = expiresAtMs;
    }
  }

  static final class Partition {
    final TreeMap<Long, Chunk> chunks = new TreeMap<>();
    final Map<Long, ProducerState> producers = new LinkedHashMap<>();
    UUID sessionId;
    int epoch;
    long endOffset;
  }

  record StoredObject(SegmentObject object, boolean tombstone, boolean applied) {
    StoredObject asTombstone() {
      return new StoredObject(object, true, applied);
    }
  }
}
