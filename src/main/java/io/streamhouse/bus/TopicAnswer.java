package io.streamhouse.bus;

import io.streamhouse.StreamHouseException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What the router knows of a topic. One with a retriable failure is a sign of life, not an end: the router goes on
 * asking, and another answer follows.
 *
 * @param topic its name
 * @param topicId its id; null when there is a failure
 * @param partitionCount at least 1; 0 when there is a failure
 * @param failure null when the topic is known
 */
public record TopicAnswer(
    String topic,
    @Nullable UUID topicId,
    int partitionCount,
    @Nullable StreamHouseException failure) {
  /** The topic exists. */
  public static TopicAnswer known(String topic, UUID topicId, int partitionCount) {
    return new TopicAnswer(topic, topicId, partitionCount, null);
  }

  /** The topic does not exist, or nobody could be asked yet. */
  public static TopicAnswer failed(String topic, StreamHouseException failure) {
    return new TopicAnswer(topic, null, 0, failure);
  }
}
