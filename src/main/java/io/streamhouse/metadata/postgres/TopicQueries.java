package io.streamhouse.metadata.postgres;

import io.streamhouse.ErrorCode;
import io.streamhouse.StreamHouseException;
import io.streamhouse.common.TopicNames;
import io.streamhouse.metadata.TopicInfo;
import io.streamhouse.metadata.TopicStore;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

/** Topics; the rules are in {@code db/V004__topics.sql}. */
final class TopicQueries implements TopicStore {
  private static final int MAX_PARTITIONS = 10_000;

  private static final String CREATE = "SELECT * FROM streamhouse.create_topic($1, $2, $3)";
  private static final String BY_NAME = "SELECT * FROM streamhouse.topics WHERE name = $1";
  private static final String BY_ID = "SELECT * FROM streamhouse.topics WHERE topic_id = $1";
  private static final String LIST = "SELECT * FROM streamhouse.topics ORDER BY name COLLATE \"C\"";
  private static final String ALTER = "SELECT * FROM streamhouse.alter_topic($1, $2, $3)";
  private static final String DELETE = "SELECT streamhouse.delete_topic($1)";

  private final Connections connections;
  private final PostgresOptions options;

  TopicQueries(Connections connections, PostgresOptions options) {
    this.connections = connections;
    this.options = options;
  }

  @Override
  public Future<TopicInfo> createTopic(String name, int partitions, Map<String, String> config) {
    if (partitions < 1 || partitions > MAX_PARTITIONS) {
      return illegalPartitions(name, partitions, 1);
    }
    try {
      TopicNames.validate(name);
    } catch (StreamHouseException e) {
      return Future.failedFuture(e);
    }
    Tuple tuple = Tuple.of(name, partitions, json(config));
    return connections.call(
        Call.write("creating topic '" + name + "'", options), connection -> connection
            .preparedQuery(CREATE)
            .execute(tuple)
            .compose(rows -> rows.size() == 1
                ? Future.succeededFuture(topic(Rows.only(rows)))
                : Future.failedFuture(StreamHouseException.of(
                    ErrorCode.TOPIC_ALREADY_EXISTS, "Topic '" + name + "' exists already"))));
  }

  @Override
  public Future<TopicInfo> findTopic(String name) {
    return connections.call(
        Call.read("looking up topic '" + TopicNames.printable(name) + "'", options),
        connection -> connection
            .preparedQuery(BY_NAME)
            .execute(Tuple.of(name))
            .compose(rows -> found(rows, TopicNames.printable(name))));
  }

  @Override
  public Future<TopicInfo> findTopic(UUID topicId) {
    return connections.call(
        Call.read("looking up topic " + topicId, options), connection -> connection
            .preparedQuery(BY_ID)
            .execute(Tuple.of(topicId))
            .compose(rows -> found(rows, topicId.toString())));
  }

  @Override
  public Future<List<TopicInfo>> listTopics() {
    return connections.call(Call.read("listing topics", options), connection -> connection
        .preparedQuery(LIST)
        .execute()
        .map(rows -> Rows.list(rows, TopicQueries::topic)));
  }

  @Override
  public Future<TopicInfo> alterTopic(String name, int partitions, Map<String, String> config) {
    if (partitions < 0 || partitions > MAX_PARTITIONS) {
      return illegalPartitions(name, partitions, 0);
    }
    return connections.call(
        Call.write("altering topic '" + TopicNames.printable(name) + "'", options),
        connection -> connection
            .preparedQuery(ALTER)
            .execute(Tuple.of(name, partitions, json(config)))
            .compose(rows -> found(rows, TopicNames.printable(name)))
            .compose(topic -> partitions == 0 || topic.partitions() == partitions
                ? Future.succeededFuture(topic)
                : Future.failedFuture(StreamHouseException.of(
                    ErrorCode.INVALID_ARGUMENT,
                    "partitions: topic '" + name + "' has " + topic.partitions()
                        + " already, and their number only grows, but it is " + partitions))));
  }

  @Override
  public Future<Void> deleteTopic(String name) {
    return connections.call(
        Call.write("deleting topic '" + TopicNames.printable(name) + "'", options),
        connection -> connection
            .preparedQuery(DELETE)
            .execute(Tuple.of(name))
            .compose(rows -> Rows.only(rows).getBoolean(0)
                ? Future.succeededFuture()
                : Future.failedFuture(unknown(TopicNames.printable(name)))));
  }

  private static Future<TopicInfo> found(RowSet<Row> rows, String shown) {
    return rows.size() == 1
        ? Future.succeededFuture(topic(Rows.only(rows)))
        : Future.failedFuture(unknown(shown));
  }

  private static StreamHouseException unknown(String shown) {
    return StreamHouseException.of(ErrorCode.UNKNOWN_TOPIC, "Topic '" + shown + "' does not exist");
  }

  private static Future<TopicInfo> illegalPartitions(String name, int partitions, int least) {
    return Future.failedFuture(StreamHouseException.of(
        ErrorCode.INVALID_ARGUMENT,
        "partitions of topic '" + TopicNames.printable(name) + "' must be " + least + " to "
            + MAX_PARTITIONS + ", but it is " + partitions));
  }

  private static JsonObject json(Map<String, String> config) {
    JsonObject json = new JsonObject();
    config.forEach(json::put);
    return json;
  }

  private static TopicInfo topic(Row row) {
    Map<String, String> config = row.getJsonObject("config").getMap().entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, entry -> String.valueOf(entry.getValue())));
    return new TopicInfo(
        row.getUUID("topic_id"),
        row.getString("name"),
        row.getInteger("partitions"),
        config,
        row.getOffsetDateTime("created_at").toInstant().toEpochMilli());
  }
}
