package io.streamhouse.consumer;

import io.streamhouse.StreamHouseException;
import io.streamhouse.common.AgentAddress;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who to fetch each partition from: the last lookup, corrected by what agents have said since. Wrong entries cost a
 * detour, nothing else. Confined to the consumer's context.
 */
final class LeaderTable {
  private static final Logger LOG = LoggerFactory.getLogger(LeaderTable.class);

  private final Supplier<Future<TopicLayout>> lookup;
  private final Consumer<TopicLayout> onLayout;
  private final Map<Integer, AgentAddress> hints = new HashMap<>();
  private TopicLayout layout;
  private boolean refreshing;

  /**
   * Creates a table.
   *
   * @param layout the first lookup
   * @param lookup makes another one
   * @param onLayout gets each later one
   */
  LeaderTable(
      TopicLayout layout, Supplier<Future<TopicLayout>> lookup, Consumer<TopicLayout> onLayout) {
    this.layout = layout;
    this.lookup = lookup;
    this.onLayout = onLayout;
  }

  /** The topic as it was at the start; a lookup by name may find another one later. */
  UUID topicId() {
    return layout.topicId();
  }

  AgentAddress agentFor(int partition) {
    AgentAddress hint = hints.get(partition);
    return hint == null ? layout.agentFor(partition) : hint;
  }

  /** An agent says that another one leads a partition. */
  void hint(int partition, String holderAddress) {
    try {
      hints.put(partition, AgentAddress.parse(holderAddress));
    } catch (StreamHouseException e) {
      LOG.warn("an agent names a leader that is no address: {}", e.getMessage());
    }
  }

  /** Looks the leaders up again, once at a time. */
  void refresh() {
    if (refreshing) {
      return;
    }
    refreshing = true;
    lookup.get().onComplete(answer -> {
      refreshing = false;
      if (answer.failed()) {
        LOG.debug("leaders cannot be looked up: {}", answer.cause().getMessage());
      } else if (answer.result().topicId().equals(layout.topicId())) {
        layout = answer.result();
        hints.clear();
        onLayout.accept(layout);
      }
    });
  }
}
