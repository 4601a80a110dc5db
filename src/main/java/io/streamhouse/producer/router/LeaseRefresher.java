package io.streamhouse.producer.router;

import io.streamhouse.ErrorCode;
import io.streamhouse.StreamHouseException;
import io.streamhouse.common.AgentAddress;
import io.streamhouse.common.RetryPolicy;
import io.streamhouse.common.Scheduler;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps lease lookups going: one at a time, on demand and every {@code metadataRefreshMs}, at whichever agent answers.
 * An agent that fails is followed by the next one at once; when all have failed in a row, by a pause.
 *
 * <p>States: <em>idle</em> (perhaps with a timer for the next refresh), <em>asking</em>, <em>pausing</em> after a
 * failure. A demand while asking is remembered, since the answer under way may be older than its reason; a demand in a
 * pause is what the pause's end serves anyway. Confined to the router's event loop.
 */
final class LeaseRefresher {
  /** Demands that come faster than this share a lookup. */
  private static final long INTERVAL_MIN_MS = 50;

  private final Scheduler scheduler;
  private final RetryPolicy retryPolicy;
  private final LeaseLookup lookup;
  private final long refreshMs;
  private final Supplier<Collection<AgentAddress>> candidates;
  private final Supplier<Set<String>> topics;
  private final Listener listener;

  private @Nullable AgentAddress current;
  private @Nullable Set<AgentAddress> failedThisRound;
  private Scheduler.@Nullable Task timer;
  private boolean timerIsPause;
  private boolean asking;
  private boolean demandedMeanwhile;
  private boolean asked;
  private boolean closed;
  private int rounds;
  private long lastEndNanos;

  /** Who wants to know. */
  interface Listener {
    /** Returns whether it says all that somebody waits for; if not, another lookup follows after a pause. */
    boolean onSnapshot(LeaseUpdate.Snapshot snapshot);

    /** One agent could not be asked; the next one will be. */
    void onFailure(StreamHouseException failure);
  }

  /**
   * When to ask.
   *
   * @param retryPolicy the pauses after all agents have failed
   * @param refreshMs between refreshes that nobody asks for
   */
  record Pace(RetryPolicy retryPolicy, long refreshMs) {}

  /**
   * Creates a refresher.
   *
   * @param candidates agents that may be asked, the best ones first; never empty
   * @param topics to ask for; empty: there is nothing to refresh
   */
  LeaseRefresher(
      Scheduler scheduler,
      Pace pace,
      LeaseLookup lookup,
      Supplier<Collection<AgentAddress>> candidates,
      Supplier<Set<String>> topics,
      Listener listener) {
    this.scheduler = scheduler;
    this.retryPolicy = pace.retryPolicy();
    this.refreshMs = pace.refreshMs();
    this.lookup = lookup;
    this.candidates = candidates;
    this.topics = topics;
    this.listener = listener;
  }

  /** Asks as soon as may be. */
  void demand() {
    if (closed || timerIsPause) {
      return;
    }
    if (asking) {
      demandedMeanwhile = true;
      return;
    }
    long idleMs = TimeUnit.NANOSECONDS.toMillis(scheduler.nanoTime() - lastEndNanos);
    if (!asked || idleMs >= INTERVAL_MIN_MS) {
      ask();
    } else {
      pause(INTERVAL_MIN_MS - idleMs);
    }
  }

  void close() {
    closed = true;
    cancelTimer();
  }

  private void ask() {
    cancelTimer();
    Set<String> wanted = topics.get();
    if (closed || wanted.isEmpty()) {
      return;
    }
    asking = true;
    asked = true;
    demandedMeanwhile = false;
    AgentAddress agent = pick();
    lookup
        .lookup(agent, wanted)
        .onSuccess(this::succeeded)
        .onFailure(failure -> failed(agent, failure));
  }

  private void succeeded(LeaseUpdate.Snapshot snapshot) {
    asking = false;
    lastEndNanos = scheduler.nanoTime();
    failedThisRound = null;
    if (closed) {
      return;
    }
    boolean again = demandedMeanwhile;
    if (!listener.onSnapshot(snapshot)) {
      pause(retryPolicy.delayMs(rounds++));
      return;
    }
    rounds = 0;
    if (again) {
      demand();
    } else if (timer == null) {
      timer = scheduler.schedule(refreshMs, this::ask);
    }
  }

  private void failed(AgentAddress agent, Throwable cause) {
    asking = false;
    lastEndNanos = scheduler.nanoTime();
    if (closed) {
      return;
    }
    StreamHouseException failure = cause instanceof StreamHouseException known
        ? known
        : StreamHouseException.of(
            ErrorCode.INTERNAL, "leases cannot be looked up at " + agent + ": " + cause, cause);
    Set<AgentAddress> failed = failedThisRound == null ? new LinkedHashSet<>() : failedThisRound;
    failed.add(agent);
    failedThisRound = failed;
    current = null;
    listener.onFailure(failure);
    if (failed.containsAll(candidates.get())) {
      failedThisRound = null;
      pause(retryPolicy.delayMs(rounds++));
    } else {
      pause(0);
    }
  }

  private void pause(long delayMs) {
    cancelTimer();
    timerIsPause = true;
    timer = scheduler.schedule(delayMs, this::ask);
  }

  private AgentAddress pick() {
    List<AgentAddress> all = new ArrayList<>(new LinkedHashSet<>(candidates.get()));
    if (current != null && all.contains(current)) {
      return current;
    }
    Set<AgentAddress> failed = failedThisRound == null ? Set.of() : failedThisRound;
    AgentAddress picked =
        all.stream().filter(agent -> !failed.contains(agent)).findFirst().orElse(all.get(0));
    current = picked;
    return picked;
  }

  private void cancelTimer() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
    timerIsPause = false;
  }
}
