package io.streamhouse.producer.accumulator;

import org.jspecify.annotations.Nullable;

/** Something that callers hand over to the accumulator's event loop. Links itself, so that handing over allocates nothing. */
abstract class InboxItem {
  /** Owned by the {@link Inbox} while the item is in it. */
  @Nullable
  InboxItem next;
}
