package io.streamhouse;

import java.util.Map;
import java.util.UUID;

/**
 * A topic.
 *
 * @param name unique
 * @param id never used again, also when the name is
 * @param partitionCount at least 1; only grows
 * @param config settings of this topic, by name
 * @param createdAtMs milliseconds since 1970
 */
public record Topic(
    String name, UUID id, int partitionCount, Map<String, String> config, long createdAtMs) {
  public Topic {
    config = Map.copyOf(config);
  }
}
