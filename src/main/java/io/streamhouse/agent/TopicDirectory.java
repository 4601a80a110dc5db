package io.streamhouse.agent;

import io.streamhouse.ErrorCode;
import io.streamhouse.StreamHouseException;
import io.streamhouse.common.PartitionId;
import io.streamhouse.common.Scheduler;
import io.streamhouse.common.TopicNames;
import io.streamhouse.metadata.TopicInfo;
import io.streamhouse.metadata.TopicStore;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Topics by name and id, remembered for a while, so that requests do not each ask the database. A topic that is deleted
 * meanwhile is refused by the lease or the commit; one that has grown is looked up again.
 */
final class TopicDirectory {
  private static final long REMEMBERED_MS = 5_000;
  private static final int TOPICS_MAX = 100_000;

  private final TopicStore topics;
  private final Scheduler scheduler;
  private final Map<String, Remembered> byName = new HashMap<>();
  private final Map<UUID, Remembered> byId = new HashMap<>();

  TopicDirectory(TopicStore topics, Scheduler scheduler) {
    this.topics = topics;
    this.scheduler = scheduler;
  }

  Future<TopicInfo> byName(String name) {
    TopicNames.validate(name);
    TopicInfo known = fresh(byName.get(name));
    return known != null
        ? Future.succeededFuture(known)
        : topics.findTopic(name).map(this::remember);
  }

  Future<TopicInfo> byId(UUID topicId) {
    TopicInfo known = fresh(byId.get(topicId));
    return known != null
        ? Future.succeededFuture(known)
        : topics.findTopic(topicId).map(this::remember);
  }

  /** The id of a partition; fails with UNKNOWN_TOPIC or UNKNOWN_PARTITION. */
  Future<PartitionId> partition(String name, int partition) {
    return byName(name)
        .compose(topic -> inside(topic, partition)
            ? Future.succeededFuture(topic)
            : topics.findTopic(name).map(this::remember))
        .map(topic -> checked(topic, partition));
  }

  /** The same, by id. */
  Future<PartitionId> partition(UUID topicId, int partition) {
    return byId(topicId)
        .compose(topic -> inside(topic, partition)
            ? Future.succeededFuture(topic)
            : topics.findTopic(topicId).map(this::remember))
        .map(topic -> checked(topic, partition));
  }

  /** Forgets a topic, because it has been changed here. */
  void forget(String name) {
    Remembered known = byName.remove(name);
    if (known != null) {
      byId.remove(known.topic.id());
    }
  }

  private TopicInfo remember(TopicInfo topic) {
    if (byId.size() >= TOPICS_MAX) {
      byId.clear();
      byName.clear();
    }
    Remembered remembered = new Remembered(topic, scheduler.nowMs() + REMEMBERED_MS);
    byName.put(topic.name(), remembered);
    byId.put(topic.id(), remembered);
    return topic;
  }

  private @Nullable TopicInfo fresh(@Nullable Remembered known) {
    return known != null && known.untilMs > scheduler.nowMs() ? known.topic : null;
  }

  private static boolean inside(TopicInfo topic, int partition) {
    return partition >= 0 && partition < topic.partitions();
  }

  private static PartitionId checked(TopicInfo topic, int partition) {
    if (!inside(topic, partition)) {
      throw StreamHouseException.of(
          ErrorCode.UNKNOWN_PARTITION,
          "Partition " + partition + " does not exist for topic '" + topic.name() + "' (0.."
              + (topic.partitions() - 1) + ")");
    }
    return new PartitionId(topic.id(), partition);
  }

  private record Remembered(TopicInfo topic, long untilMs) {}
}
