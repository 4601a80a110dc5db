package io.streamhouse.producer.accumulator;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The hand-over from any thread to the accumulator's event loop: a lock-free stack that the event loop takes as a whole
 * and turns round, so that items come out in the order in which they went in. Whoever puts the first item into an empty
 * inbox sees it ({@link Offer#FIRST}) and wakes the event loop: one wake-up per burst.
 *
 * <p>States: <em>open</em>, then <em>closed</em> for good. What is put in before it closes is taken out by whoever
 * closes it; what comes later is refused. Nothing falls in between.
 */
final class Inbox {
  /** What became of an item. */
  enum Offer {
    /** It is the only one: wake the event loop. */
    FIRST,
    /** The event loop has been woken for an earlier one. */
    QUEUED,
    /** Refused. */
    CLOSED
  }

  private static final class End extends InboxItem {}

  private final InboxItem end = new End();
  private final AtomicReference<@Nullable InboxItem> newest = new AtomicReference<>();

  /** Puts an item in; any thread. */
  Offer offer(InboxItem item) {
    while (true) {
      InboxItem seen = newest.get();
      if (seen == end) {
        return Offer.CLOSED;
      }
      item.next = seen;
      if (newest.compareAndSet(seen, item)) {
        return seen == null ? Offer.FIRST : Offer.QUEUED;
      }
    }
  }

  /** Takes everything out: the oldest item, with the younger ones linked behind it; null when it is empty. */
  @Nullable
  InboxItem takeAll() {
    InboxItem taken = newest.get();
    while (taken != null && taken != end && !newest.compareAndSet(taken, null)) {
      taken = newest.get();
    }
    return taken == end ? null : oldestFirst(taken);
  }

  /** Refuses everything from now on, and takes out what is left, as {@link #takeAll}. */
  @Nullable
  InboxItem close() {
    InboxItem taken = newest.getAndSet(end);
    return taken == end ? null : oldestFirst(taken);
  }

  private static @Nullable InboxItem oldestFirst(@Nullable InboxItem newestFirst) {
    InboxItem turned = null;
    InboxItem item = newestFirst;
    while (item != null) {
      InboxItem older = item.next;
      item.next = turned;
      turned = item;
      item = older;
    }
    return turned;
  }
}
