package io.streamhouse;

import java.util.List;

/**
 * A topic with its partitions as they are now.
 *
 * @param topic the topic
 * @param partitions in the order of their numbers
 */
public record TopicDescription(Topic topic, List<PartitionDescription> partitions) {
  public TopicDescription {
    partitions = List.copyOf(partitions);
  }
}
