package io.streamhouse.agent;

import io.streamhouse.segment.SegmentHeader;
import io.streamhouse.storage.ObjectKeys;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;

/** Writes the segments of one session: gives each the next flush number and an id of its own. */
final class SegmentFactory {
  private final UUID clusterId;
  private final UUID sessionId;
  private final Supplier<UUID> ids;
  private long nextFlush;

  SegmentFactory(UUID clusterId, UUID sessionId, Supplier<UUID> ids) {
    this.clusterId = clusterId;
    this.sessionId = sessionId;
    this.ids = ids;
  }

  UUID sessionId() {
    return sessionId;
  }

  ClosedSegment write(List<PartitionFlush> flushes) {
    String key = ObjectKeys.segment(sessionId, nextFlush++);
    return ClosedSegment.write(new SegmentHeader(clusterId, sessionId, ids.get()), key, flushes);
  }
}
