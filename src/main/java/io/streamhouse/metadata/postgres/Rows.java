package io.streamhouse.metadata.postgres;

import io.streamhouse.common.PartitionId;
import io.streamhouse.metadata.AgentInfo;
import io.streamhouse.metadata.PartitionState;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Rows as the records of the ports. */
final class Rows {
  private Rows() {}

  static <T> List<T> list(RowSet<Row> rows, Function<Row, T> mapper) {
    List<T> result = new ArrayList<>(rows.size());
    for (Row row : rows) {
      result.add(mapper.apply(row));
    }
    return result;
  }

  static Row only(RowSet<Row> rows) {
    return rows.iterator().next();
  }

  static PartitionId partitionId(Row row) {
    return new PartitionId(row.getUUID("topic_id"), row.getInteger("partition"));
  }

  /** A row of the view {@code partition_states}. */
  static PartitionState partitionState(Row row) {
    Optional<AgentInfo> holder = Optional.ofNullable(row.getUUID("holder_session"))
        .map(session -> new AgentInfo(
            session,
            row.getString("holder_agent"),
            row.getString("holder_address"),
            row.getString("holder_zone")));
    return new PartitionState(
        partitionId(row),
        row.getInteger("epoch"),
        row.getLong("start_offset"),
        row.getLong("end_offset"),
        holder);
  }
}
