package io.streamhouse.common;

import java.util.Comparator;
import java.util.UUID;

/**
 * A partition by its topic's id: a topic that is deleted and made again under its old name is another topic.
 *
 * @param topicId the topic's id
 * @param partition from 0
 */
public record PartitionId(UUID topicId, int partition) implements Comparable<PartitionId> {
  /** The order in which PostgreSQL sorts (uuid, int): rows locked in it cannot deadlock. */
  private static final Comparator<PartitionId> ORDER = Comparator.<PartitionId>comparingLong(
          id -> id.topicId.getMostSignificantBits() + Long.MIN_VALUE)
      .thenComparingLong(id -> id.topicId.getLeastSignificantBits() + Long.MIN_VALUE)
      .thenComparingInt(PartitionId::partition);

  @Override
  public int compareTo(PartitionId other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return topicId + "-" + partition;
  }
}
