package io.streamhouse.agent;

import io.streamhouse.common.Scheduler;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the object store or the database works, as those see it who use it. A single failure is nothing: the next
 * attempt may succeed. What lasts is said once in the log, and so is its end; what lasts longer is said to producers,
 * who would otherwise wait without knowing for what.
 *
 * <p>Confined to the agent's event loop.
 */
final class StoreHealth {
  private static final Logger LOG = LoggerFactory.getLogger(StoreHealth.class);
  private static final long LOGGED_AFTER_MS = 1_000;
  private static final long REFUSED_AFTER_MS = 5_000;

  private final String store;
  private final Scheduler scheduler;
  private boolean failing;
  private boolean logged;
  private long failingSinceMs;
  private String reason = "";

  /**
   * Creates it.
   *
   * @param store what it is called in the log
   */
  StoreHealth(String store, Scheduler scheduler) {
    this.store = store;
    this.scheduler = scheduler;
  }

  void failed(Throwable failure) {
    if (!failing) {
      failing = true;
      failingSinceMs = scheduler.nowMs();
    }
    reason = String.valueOf(failure.getMessage());
    if (!logged && failingForMs() >= LOGGED_AFTER_MS) {
      logged = true;
      LOG.warn(
          "{} fails: {}. Nothing is lost: data stays in memory, producers wait, and it is tried again",
          store,
          reason);
    }
  }

  void worked() {
    if (logged) {
      LOG.info("{} works again, after {} ms", store, failingForMs());
    }
    failing = false;
    logged = false;
  }

  /** What to tell producers when it has failed for a while, and not once succeeded. */
  Optional<String> trouble() {
    return failing && failingForMs() >= REFUSED_AFTER_MS
        ? Optional.of(store + " has failed for " + failingForMs() / 1_000 + " s: " + reason)
        : Optional.empty();
  }

  private long failingForMs() {
    return scheduler.nowMs() - failingSinceMs;
  }
}
