package io.streamhouse.producer.router;

import io.streamhouse.common.AgentAddress;
import io.streamhouse.common.PartitionId;
import io.streamhouse.producer.router.LeaseUpdate.Lease;
import io.streamhouse.producer.router.LeaseUpdate.NotLeader;
import io.streamhouse.producer.router.LeaseUpdate.Snapshot;
import io.streamhouse.producer.router.LeaseUpdate.TopicLeases;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * What the router knows of topics, leases and agents. {@link #apply} is the only way in, for polled and pushed news
 * alike.
 *
 * <p>Invariant: a partition's epoch never goes back, so news that arrive late change nothing. A {@link NotLeader} has
 * no epoch of its own; it counts only against the agent it speaks of, until the next snapshot.
 *
 * <p>Confined to the router's event loop.
 */
final class LeaseCache {
  /**
   * A topic.
   *
   * @param topicId its id
   * @param partitionCount at least 1
   */
  record TopicEntry(UUID topicId, int partitionCount) {}

  private final Map<String, TopicEntry> topics = new HashMap<>();
  private final Map<PartitionId, Lease> leases = new HashMap<>();
  private final Map<PartitionId, Integer> epochs = new HashMap<>();
  private List<AgentNode> agents = List.of();

  /** Takes news in; returns whether it changed anything. */
  boolean apply(LeaseUpdate update) {
    if (update instanceof Snapshot snapshot) {
      return applySnapshot(snapshot);
    }
    if (update instanceof NotLeader notLeader) {
      return applyNotLeader(notLeader);
    }
    throw new IllegalArgumentException("unknown news " + update);
  }

  Optional<TopicEntry> topic(String name) {
    return Optional.ofNullable(topics.get(name));
  }

  Set<String> topicNames() {
    return Set.copyOf(topics.keySet());
  }

  /** Who holds the lease of a partition, as far as is known. */
  Optional<AgentAddress> holder(PartitionId partitionId) {
    return Optional.ofNullable(leases.get(partitionId)).map(Lease::holder);
  }

  /** All agents that are alive, as far as is known. */
  List<AgentNode> agents() {
    return agents;
  }

  private boolean applySnapshot(Snapshot snapshot) {
    boolean changed = !agents.equals(snapshot.agents());
    agents = List.copyOf(snapshot.agents());
    for (String name : snapshot.unknownTopics()) {
      TopicEntry gone = topics.remove(name);
      if (gone != null) {
        forget(gone);
        changed = true;
      }
    }
    for (TopicLeases topic : snapshot.topics()) {
      changed |= applyTopic(topic);
    }
    return changed;
  }

  private boolean applyTopic(TopicLeases topic) {
    TopicEntry entry = new TopicEntry(topic.topicId(), topic.partitionCount());
    TopicEntry before = topics.put(topic.name(), entry);
    boolean changed = !entry.equals(before);
    if (before != null && !before.topicId().equals(entry.topicId())) {
      forget(before);
    }
    for (int partition = 0; partition < entry.partitionCount(); partition++) {
      PartitionId id = new PartitionId(entry.topicId(), partition);
      Lease lease = topic.leases().get(partition);
      if (lease == null) {
        changed |= leases.remove(id) != null;
      } else if (lease.epoch() >= epochs.getOrDefault(id, 0)) {
        epochs.put(id, lease.epoch());
        changed |= !lease.equals(leases.put(id, lease));
      }
    }
    return changed;
  }

  private void forget(TopicEntry topic) {
    leases.keySet().removeIf(id -> id.topicId().equals(topic.topicId()));
    epochs.keySet().removeIf(id -> id.topicId().equals(topic.topicId()));
  }

  private boolean applyNotLeader(NotLeader news) {
    Lease lease = leases.get(news.partitionId());
    boolean outdated = lease != null && !lease.holder().equals(news.agent());
    if (outdated || news.agent().equals(news.holder())) {
      return false;
    }
    if (news.holder() == null) {
      return leases.remove(news.partitionId()) != null;
    }
    int epoch = epochs.getOrDefault(news.partitionId(), 0);
    leases.put(news.partitionId(), new Lease(epoch, news.holder()));
    return true;
  }
}
