package io.streamhouse.consumer;

import io.streamhouse.StreamHouseException;
import org.jspecify.annotations.Nullable;

/**
 * Where a consumer is in one partition. Two offsets move through it: {@code fetchOffset} runs ahead with what is
 * fetched, {@code position} follows with what the handler has got. A seek or a failure starts a new generation, and what
 * was fetched in an earlier one is dropped wherever it turns up. Confined to the consumer's context.
 */
final class PartitionCursor {
  /** The end of a partition that is followed. */
  static final long NO_END = Long.MAX_VALUE;

  private static final long NOT_FAILING = Long.MIN_VALUE;

  private final int partition;
  private final long endOffset;
  private long position;
  private long fetchOffset;
  private int generation;
  private boolean inFlight;
  private int attempts;
  private long notBeforeMs = Long.MIN_VALUE;
  private long failingSinceMs = NOT_FAILING;
  private @Nullable StreamHouseException failure;

  PartitionCursor(int partition, long startOffset, long endOffset) {
    this.partition = partition;
    this.endOffset = endOffset;
    position = startOffset;
    fetchOffset = startOffset;
  }

  int partition() {
    return partition;
  }

  /** The offset of the next record for the handler. */
  long position() {
    return position;
  }

  long fetchOffset() {
    return fetchOffset;
  }

  /** Where reading ends, exclusive. */
  long endOffset() {
    return endOffset;
  }

  int generation() {
    return generation;
  }

  @Nullable
  StreamHouseException failure() {
    return failure;
  }

  /** Whether nothing more will come for the handler. */
  boolean isDone() {
    return failure != null || position >= endOffset;
  }

  boolean wantsFetch(long nowMs) {
    return failure == null && !inFlight && fetchOffset < endOffset && nowMs >= notBeforeMs;
  }

  void fetchStarted() {
    inFlight = true;
  }

  void fetchEnded() {
    inFlight = false;
  }

  /** Something readable came, up to an offset, exclusive; or nothing new: then the present fetch offset. */
  void fetched(long nextOffset) {
    fetchOffset = nextOffset;
    attempts = 0;
    failingSinceMs = NOT_FAILING;
  }

  void delivered(long offset) {
    position = offset + 1;
  }

  void seek(long offset) {
    generation++;
    position = offset;
    fetchOffset = offset;
    failure = null;
    attempts = 0;
    failingSinceMs = NOT_FAILING;
    notBeforeMs = Long.MIN_VALUE;
  }

  /** Ends this partition until a seek. */
  void fail(StreamHouseException reason) {
    generation++;
    failure = reason;
  }

  /**
   * Counts a failed attempt.
   *
   * @return attempts that have failed in a row before this one
   */
  int attemptFailed(long nowMs) {
    if (failingSinceMs == NOT_FAILING) {
      failingSinceMs = nowMs;
    }
    return attempts++;
  }

  void retryAt(long timeMs) {
    notBeforeMs = timeMs;
  }

  /** How long every attempt has failed. */
  long failingForMs(long nowMs) {
    return failingSinceMs == NOT_FAILING ? 0 : nowMs - failingSinceMs;
  }
}
