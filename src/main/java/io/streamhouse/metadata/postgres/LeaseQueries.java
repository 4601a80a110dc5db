package io.streamhouse.metadata.postgres;

import io.streamhouse.common.PartitionId;
import io.streamhouse.metadata.LeaseStore;
import io.streamhouse.metadata.PartitionState;
import io.streamhouse.metadata.ProducerState;
import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.UUID;

/** Leases; the rules are in {@code db/V003__leases.sql}. */
final class LeaseQueries implements LeaseStore {
  private static final String ACQUIRE = "SELECT * FROM streamhouse.acquire_leases($1, $2, $3)";
  private static final String RELEASE = "SELECT streamhouse.release_leases($1, $2, $3)";
  private static final String OF_TOPIC =
      "SELECT * FROM streamhouse.partition_states WHERE topic_id = $1 ORDER BY partition";
  private static final String PRODUCER_STATES =
      """
      SELECT p.topic_id, p.partition, p.producer_id, p.epoch, p.runs
        FROM unnest($1::uuid[], $2::int[]) AS r (topic_id, partition)
        JOIN streamhouse.producer_states p
          ON p.topic_id = r.topic_id AND p.partition = r.partition
      """;

  private final Connections connections;
  private final PostgresOptions options;

  LeaseQueries(Connections connections, PostgresOptions options) {
    this.connections = connections;
    this.options = options;
  }

  @Override
  public Future<List<PartitionState>> acquireLeases(UUID sessionId, List<PartitionId> partitions) {
    Tuple tuple = Tuple.tuple().addValue(sessionId);
    CommitArrays.addPartitions(tuple, distinct(partitions));
    return connections.call(
        Call.write("acquiring " + partitions.size() + " leases", options), connection -> connection
            .preparedQuery(ACQUIRE)
            .execute(tuple)
            .map(rows -> Rows.list(rows, Rows::partitionState)));
  }

  @Override
  public Future<Void> releaseLeases(UUID sessionId, List<PartitionId> partitions) {
    Tuple tuple = Tuple.tuple().addValue(sessionId);
    CommitArrays.addPartitions(tuple, distinct(partitions));
    return connections.call(
        Call.write("releasing " + partitions.size() + " leases", options),
        connection -> connection.preparedQuery(RELEASE).execute(tuple).mapEmpty());
  }

  @Override
  public Future<List<PartitionState>> partitions(UUID topicId) {
    return connections.call(
        Call.read("listing the partitions of topic " + topicId, options), connection -> connection
            .preparedQuery(OF_TOPIC)
            .execute(Tuple.of(topicId))
            .map(rows -> Rows.list(rows, Rows::partitionState)));
  }

  @Override
  public Future<List<ProducerState>> producerStates(List<PartitionId> partitions) {
    Tuple tuple = Tuple.tuple();
    CommitArrays.addPartitions(tuple, distinct(partitions));
    return connections.call(
        Call.read("loading the producers of " + partitions.size() + " partitions", options),
        connection -> connection
            .preparedQuery(PRODUCER_STATES)
            .execute(tuple)
            .map(rows -> Rows.list(
                rows,
                row -> new ProducerState(
                    Rows.partitionId(row),
                    row.getLong("producer_id"),
                    row.getInteger("epoch"),
                    Runs.decode(row.getBuffer("runs"))))));
  }

  private static List<PartitionId> distinct(List<PartitionId> partitions) {
    return partitions.stream().distinct().sorted().toList();
  }
}
