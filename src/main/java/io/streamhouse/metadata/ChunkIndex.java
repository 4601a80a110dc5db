package io.streamhouse.metadata;

import io.streamhouse.common.PartitionId;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Where the records are. */
public interface ChunkIndex {
  /**
   * The chunk that holds an offset and those behind it, in order.
   *
   * @param limit 1 to 1000
   * @return empty when the offset is at or behind the end
   */
  Future<List<ChunkLocation>> chunksFrom(PartitionId partition, long offset, int limit);

  /**
   * The first chunk whose highest timestamp is at least this, if any.
   *
   * @param timestampMs milliseconds since 1970
   */
  Future<List<ChunkLocation>> firstChunkAt(PartitionId partition, long timestampMs);

  /** The present states of partitions, without those that do not exist. One query, however many. */
  Future<Map<PartitionId, PartitionState>> partitionStates(List<PartitionId> partitions);

  /** The objects a topic's chunks lie in; for inspection. */
  Future<List<SegmentObject>> objectsOf(UUID topicId, int limit);
}
