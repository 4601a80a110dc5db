package io.streamhouse.metadata;

import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Topics. Futures fail with {@link io.streamhouse.StreamHouseException}. */
public interface TopicStore {
  /** Fails with {@code TOPIC_ALREADY_EXISTS}. The name must be valid. */
  Future<TopicInfo> createTopic(String name, int partitions, Map<String, String> config);

  /** Fails with {@code UNKNOWN_TOPIC}: "Topic 'x' does not exist". */
  Future<TopicInfo> findTopic(String name);

  /** Fails with {@code UNKNOWN_TOPIC}. */
  Future<TopicInfo> findTopic(UUID topicId);

  /** All topics in the order of their names. */
  Future<List<TopicInfo>> listTopics();

  /**
   * Adds partitions and merges configuration. Fails with {@code UNKNOWN_TOPIC}, or {@code INVALID_ARGUMENT} when there
   * are more partitions already.
   *
   * @param partitions 0: unchanged
   */
  Future<TopicInfo> alterTopic(String name, int partitions, Map<String, String> config);

  /** Fails with {@code UNKNOWN_TOPIC}. Objects without any chunk left become tombstones in the same transaction. */
  Future<Void> deleteTopic(String name);
}
