package io.streamhouse.cli;

import io.streamhouse.PartitionDescription;
import io.streamhouse.Topic;
import io.streamhouse.TopicDescription;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Topics as JSON and as text. */
final class TopicJson {
  private TopicJson() {}

  static JsonObject of(Topic topic) {
    JsonObject config = new JsonObject();
    new TreeMap<>(topic.config()).forEach(config::put);
    return new JsonObject()
        .put("name", topic.name())
        .put("id", topic.id().toString())
        .put("partitionCount", topic.partitionCount())
        .put("config", config)
        .put("createdAt", Instant.ofEpochMilli(topic.createdAtMs()).toString());
  }

  static JsonObject of(TopicDescription description) {
    JsonArray partitions = new JsonArray();
    for (PartitionDescription partition : description.partitions()) {
      partitions.add(new JsonObject()
          .put("partition", partition.partition())
          .put("startOffset", partition.startOffset())
          .put("endOffset", partition.endOffset())
          .put("leaseEpoch", partition.leaseEpoch())
          .put("leader", partition.leader().orElse(null)));
    }
    return of(description.topic()).put("partitions", partitions);
  }

  static String config(Map<String, String> config) {
    return config.isEmpty()
        ? "-"
        : new TreeMap<>(config)
            .entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .collect(Collectors.joining(","));
  }
}
