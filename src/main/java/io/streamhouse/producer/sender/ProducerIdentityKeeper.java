package io.streamhouse.producer.sender;

import io.streamhouse.ErrorCode;
import io.streamhouse.StreamHouseException;
import io.streamhouse.common.AgentAddress;
import io.streamhouse.common.ProducerIdentity;
import io.streamhouse.common.RetryPolicy;
import io.streamhouse.common.Scheduler;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Knows who this producer is. The identity is asked for when the first batch goes out, and its epoch is raised when a
 * partition has to begin a new sequence. Epochs are used per partition: one that has no reason to change carries on
 * with its own, and one that needs a newer epoch takes the newest there is, whoever it was raised for.
 *
 * <p>One call at a time; failures are retried, at the agents of the partitions that wait, in turn: a dead one that
 * leads many of them is asked no more often than any other. Confined to the
 * sender's event loop.
 */
final class ProducerIdentityKeeper {
  /** A partition that cannot go on without an identity. */
  interface Waiter {
    /** The agent to ask. */
    AgentAddress agent();

    void onIdentity(ProducerIdentity identity);

    /** There will be none. */
    void onIdentityRefused(StreamHouseException failure);

    /** The agent that was asked gave none; another attempt follows. */
    void onIdentityDelayed(AgentAddress asked, StreamHouseException failure);
  }

  private final Scheduler scheduler;
  private final RetryPolicy retryPolicy;
  private final IdentitySource source;
  private final Set<Waiter> waiters = new LinkedHashSet<>();
  private @Nullable ProducerIdentity latest;
  private @Nullable ProducerIdentity unknown;
  private boolean asking;
  private boolean closed;
  private int failures;

  ProducerIdentityKeeper(Scheduler scheduler, RetryPolicy retryPolicy, IdentitySource source) {
    this.scheduler = scheduler;
    this.retryPolicy = retryPolicy;
    this.source = source;
  }

  /** The newest identity, if it is newer than that one; null: none is there, {@link #await} one. */
  @Nullable
  ProducerIdentity newerThan(@Nullable ProducerIdentity outdated) {
    return isNewer(latest, outdated) ? latest : null;
  }

  /** Asks for a newer identity, unless that is under way. The answer never comes from inside this call. */
  void await(Waiter waiter) {
    waiters.add(waiter);
    if (!asking) {
      asking = true;
      scheduler.schedule(0, this::ask);
    }
  }

  /** Agents do not know this identity: the next one must not be built on it. */
  void forget(ProducerIdentity identity) {
    if (latest != null && identity.producerId() == latest.producerId()) {
      unknown = identity;
    }
  }

  void close() {
    closed = true;
    waiters.clear();
  }

  private static boolean isNewer(
      @Nullable ProducerIdentity identity, @Nullable ProducerIdentity outdated) {
    return identity != null
        && (outdated == null
            || identity.producerId() != outdated.producerId()
            || identity.epoch() > outdated.epoch());
  }

  private void ask() {
    if (closed || waiters.isEmpty()) {
      asking = false;
      return;
    }
    List<AgentAddress> agents = waiters.stream().map(Waiter::agent).distinct().toList();
    AgentAddress agent = agents.get(failures % agents.size());
    boolean forgotten =
        latest != null && unknown != null && unknown.producerId() == latest.producerId();
    source
        .init(agent, forgotten ? null : latest)
        .onSuccess(this::succeeded)
        .onFailure(failure -> failed(
            agent,
            failure instanceof StreamHouseException known
                ? known
                : StreamHouseException.of(
                    ErrorCode.INTERNAL,
                    "no producer identity from " + agent + ": " + failure,
                    failure)));
  }

  private void succeeded(ProducerIdentity identity) {
    asking = false;
    failures = 0;
    latest = identity;
    unknown = null;
    List<Waiter> all = new ArrayList<>(waiters);
    waiters.clear();
    if (!closed) {
      all.forEach(waiter -> waiter.onIdentity(identity));
    }
  }

  private void failed(AgentAddress asked, StreamHouseException failure) {
    List<Waiter> all = new ArrayList<>(waiters);
    if (closed) {
      return;
    }
    if (failure.code() == ErrorCode.UNKNOWN_PRODUCER && latest != null && unknown == null) {
      unknown = latest;
      scheduler.schedule(retryPolicy.delayMs(failures++), this::ask);
    } else if (failure.code().isRetriable()) {
      all.forEach(waiter -> waiter.onIdentityDelayed(asked, failure));
      scheduler.schedule(retryPolicy.delayMs(failures++), this::ask);
    } else {
      asking = false;
      waiters.clear();
      all.forEach(waiter -> waiter.onIdentityRefused(failure));
    }
  }
}
