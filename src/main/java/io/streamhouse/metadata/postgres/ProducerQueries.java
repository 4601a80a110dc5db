package io.streamhouse.metadata.postgres;

import io.streamhouse.ErrorCode;
import io.streamhouse.StreamHouseException;
import io.streamhouse.common.ProducerIdentity;
import io.streamhouse.common.TopicNames;
import io.streamhouse.metadata.ProducerIds;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Producer identities; the rules are in {@code db/V005__producers.sql}. */
final class ProducerQueries implements ProducerIds {
  private static final String NEW =
      "INSERT INTO streamhouse.producers DEFAULT VALUES RETURNING producer_id, epoch";
  private static final String TAKE_OVER =
      "SELECT out_id, out_epoch FROM streamhouse.take_over_producer($1)";
  private static final String RAISE =
      "SELECT out_id, out_epoch FROM streamhouse.raise_producer_epoch($1, $2)";

  private static final String LOWEST_EPOCHS =
      "SELECT producer_id, fenced_below FROM streamhouse.producers WHERE producer_id = ANY ($1)";

  private final Connections connections;
  private final PostgresOptions options;

  ProducerQueries(Connections connections, PostgresOptions options) {
    this.connections = connections;
    this.options = options;
  }

  @Override
  public Future<ProducerIdentity> newProducer() {
    return connections.call(
        Call.write("making a producer id", options),
        connection -> connection.preparedQuery(NEW).execute().map(rows -> {
          Row row = Rows.only(rows);
          return new ProducerIdentity(row.getLong(0), row.getInteger(1));
        }));
  }

  @Override
  public Future<ProducerIdentity> takeOver(String producerName) {
    return connections.call(
        Call.write("taking over producer '" + TopicNames.printable(producerName) + "'", options),
        connection -> connection
            .preparedQuery(TAKE_OVER)
            .execute(Tuple.of(producerName))
            .map(rows -> {
              Row row = Rows.only(rows);
              return new ProducerIdentity(row.getLong(0), row.getInteger(1));
            }));
  }

  @Override
  public Future<ProducerIdentity> raiseEpoch(ProducerIdentity present) {
    return connections.call(
        Call.write("raising the epoch of producer " + present.producerId(), options),
        connection -> connection
            .preparedQuery(RAISE)
            .execute(Tuple.of(present.producerId(), present.epoch()))
            .compose(rows -> raised(present, Rows.only(rows))));
  }

  @Override
  public Future<Map<Long, Integer>> lowestEpochs(Collection<Long> producerIds) {
    return connections.call(Call.read("looking producers up", options), connection -> connection
        .preparedQuery(LOWEST_EPOCHS)
        .execute(Tuple.of(producerIds.toArray(Long[]::new)))
        .map(rows -> {
          Map<Long, Integer> epochs = new HashMap<>();
          rows.forEach(row -> epochs.put(row.getLong(0), row.getInteger(1)));
          return epochs;
        }));
  }

  private static Future<ProducerIdentity> raised(ProducerIdentity present, Row row) {
    @Nullable Integer epoch = row.getInteger(1);
    if (epoch == null) {
      return Future.failedFuture(StreamHouseException.of(
          ErrorCode.UNKNOWN_PRODUCER,
          "producer " + present.producerId() + " with epoch " + present.epoch()
              + " is not known: ask for a new producer id"));
    }
    if (epoch < 0) {
      return Future.failedFuture(StreamHouseException.of(
          ErrorCode.PRODUCER_FENCED,
          "a newer instance has taken over from producer " + present.producerId() + " with epoch "
              + present.epoch()));
    }
    return Future.succeededFuture(new ProducerIdentity(row.getLong(0), epoch));
  }
}
