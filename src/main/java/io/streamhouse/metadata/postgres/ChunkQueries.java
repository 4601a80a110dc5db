package io.streamhouse.metadata.postgres;

import io.streamhouse.common.PartitionId;
import io.streamhouse.common.Ranges;
import io.streamhouse.metadata.Chunk;
import io.streamhouse.metadata.ChunkIndex;
import io.streamhouse.metadata.ChunkLocation;
import io.streamhouse.metadata.PartitionState;
import io.streamhouse.metadata.SegmentObject;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The index of chunks. */
final class ChunkQueries implements ChunkIndex {
  private static final int MAX_LIMIT = 1_000;

  private static final String COLUMNS =
      """
      SELECT c.topic_id, c.partition, c.base_offset, c.last_offset, c.object_id, c.position,
             c.length, c.records, c.max_timestamp, c.epoch, o.key
        FROM streamhouse.chunks c
        JOIN streamhouse.objects o ON o.object_id = c.object_id
      """;

  /** One descent finds the chunk at or before the offset, a second one starts the scan there. */
  private static final String FROM_OFFSET = COLUMNS
      + """
       WHERE c.topic_id = $1 AND c.partition = $2
         AND c.base_offset >= coalesce(
               (SELECT b.base_offset FROM streamhouse.chunks b
                 WHERE b.topic_id = $1 AND b.partition = $2 AND b.base_offset <= $3
                 ORDER BY b.base_offset DESC LIMIT 1), 0)
         AND c.last_offset >= $3
       ORDER BY c.base_offset
       LIMIT $4
      """;

  /**
   * Reads the partition's chunks from the start until one fits: timestamps are the clients', so that they need not grow
   * with the offsets, and an index on them would cost each commit more than this rare question is worth.
   */
  private static final String AT_TIMESTAMP = COLUMNS
      + """
       WHERE c.topic_id = $1 AND c.partition = $2 AND c.max_timestamp >= $3
       ORDER BY c.base_offset
       LIMIT 1
      """;

  private static final String STATES =
      """
      SELECT s.*
        FROM unnest($1::uuid[], $2::int[]) AS r (topic_id, partition)
        JOIN streamhouse.partition_states s
          ON s.topic_id = r.topic_id AND s.partition = r.partition
      """;
  private static final String OBJECTS =
      """
      SELECT o.object_id, o.key, o.size
        FROM streamhouse.objects o
       WHERE o.object_id IN (SELECT c.object_id FROM streamhouse.chunks c WHERE c.topic_id = $1)
       ORDER BY o.created_at, o.object_id
       LIMIT $2
      """;

  private final Connections connections;
  private final PostgresOptions options;

  ChunkQueries(Connections connections, PostgresOptions options) {
    this.connections = connections;
    this.options = options;
  }

  @Override
  public Future<List<ChunkLocation>> chunksFrom(PartitionId partition, long offset, int limit) {
    Tuple tuple = Tuple.of(
        partition.topicId(),
        partition.partition(),
        offset,
        Ranges.require("limit", limit, 1, MAX_LIMIT));
    return locations("looking up offset " + offset + " of " + partition, FROM_OFFSET, tuple);
  }

  @Override
  public Future<List<ChunkLocation>> firstChunkAt(PartitionId partition, long timestampMs) {
    Tuple tuple = Tuple.of(partition.topicId(), partition.partition(), timestampMs);
    return locations(
        "looking up timestamp " + timestampMs + " of " + partition, AT_TIMESTAMP, tuple);
  }

  @Override
  public Future<Map<PartitionId, PartitionState>> partitionStates(List<PartitionId> partitions) {
    Tuple tuple = Tuple.tuple();
    CommitArrays.addPartitions(tuple, partitions.stream().distinct().toList());
    return connections.call(
        Call.read("reading the state of " + partitions.size() + " partitions", options),
        connection -> connection
            .preparedQuery(STATES)
            .execute(tuple)
            .map(rows -> Rows.list(rows, Rows::partitionState).stream()
                .collect(Collectors.toMap(PartitionState::id, Function.identity()))));
  }

  @Override
  public Future<List<SegmentObject>> objectsOf(UUID topicId, int limit) {
    return connections.call(
        Call.read("listing the objects of topic " + topicId, options), connection -> connection
            .preparedQuery(OBJECTS)
            .execute(Tuple.of(topicId, limit))
            .map(rows -> Rows.list(
                rows,
                row -> new SegmentObject(
                    row.getUUID("object_id"), row.getString("key"), row.getLong("size")))));
  }

  private Future<List<ChunkLocation>> locations(String what, String sql, Tuple tuple) {
    return connections.call(Call.read(what, options), connection -> connection
        .preparedQuery(sql)
        .execute(tuple)
        .map(rows -> Rows.list(rows, ChunkQueries::location)));
  }

  private static ChunkLocation location(Row row) {
    Chunk chunk = new Chunk(
        Rows.partitionId(row),
        row.getLong("base_offset"),
        row.getLong("last_offset"),
        row.getUUID("object_id"),
        row.getLong("position"),
        row.getInteger("length"),
        row.getInteger("records"),
        row.getLong("max_timestamp"),
        row.getInteger("epoch"));
    return new ChunkLocation(chunk, row.getString("key"));
  }
}
