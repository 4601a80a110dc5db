package io.streamhouse.metadata;

import java.util.Map;
import java.util.UUID;

/**
 * A topic.
 *
 * @param id never used again, also when the name is
 * @param name unique
 * @param partitions at least 1; only grows
 * @param config settings of this topic, by name
 * @param createdAtMs milliseconds since 1970, by the database's clock
 */
public record TopicInfo(
    UUID id, String name, int partitions, Map<String, String> config, long createdAtMs) {
  public TopicInfo {
    config = Map.copyOf(config);
  }
}
