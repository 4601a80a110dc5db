package io.streamhouse.agent;

import io.streamhouse.common.RetryPolicy;
import io.streamhouse.common.Scheduler;
import io.streamhouse.metadata.AgentInfo;
import io.streamhouse.metadata.SessionStore;
import io.vertx.core.Future;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a session alive: one heartbeat for the whole agent, however many partitions it leads. Never decides by its own
 * clock that a session is over; that is said by the database, here or in a commit.
 *
 * <p>States: <em>open</em> from {@link #open}, until the database calls it dead or {@link #close} ends it.
 */
final class AgentSession {
  private static final Logger LOG = LoggerFactory.getLogger(AgentSession.class);

  private final SessionStore sessions;
  private final Scheduler scheduler;
  private final RetryPolicy retries;
  private final AgentInfo info;
  private final long ttlMs;
  private final Consumer<String> onLost;
  private Scheduler.@Nullable Task timer;
  private boolean over;
  private int failures;

  private AgentSession(
      SessionStore sessions,
      Scheduler scheduler,
      RetryPolicy retries,
      AgentInfo info,
      long ttlMs,
      Consumer<String> onLost) {
    this.sessions = sessions;
    this.scheduler = scheduler;
    this.retries = retries;
    this.info = info;
    this.ttlMs = ttlMs;
    this.onLost = onLost;
  }

  /**
   * Opens a session and begins its heartbeat.
   *
   * @param onLost told once, with the reason, when the database has ended the session
   */
  static Future<AgentSession> open(
      SessionStore sessions,
      Scheduler scheduler,
      RetryPolicy retries,
      AgentOptions options,
      String address,
      Consumer<String> onLost) {
    long ttlMs = options.getSessionTtlMs();
    return sessions
        .openSession(options.getAgentId(), address, options.getZone(), ttlMs)
        .map(info -> {
          AgentSession session =
              new AgentSession(sessions, scheduler, retries, info, ttlMs, onLost);
          session.scheduleNext(ttlMs / 3);
          return session;
        });
  }

  AgentInfo info() {
    return info;
  }

  /** A commit was told that the session is dead. */
  void fenced() {
    lose("its session was fenced");
  }

  /** Ends the session, so that others can take its leases at once. */
  Future<Void> close() {
    end();
    return sessions.closeSession(info.sessionId());
  }

  private void beat() {
    sessions.heartbeat(info.sessionId(), ttlMs).onComplete(answer -> {
      if (over) {
        return;
      }
      if (answer.failed()) {
        if (failures == 0) {
          LOG.warn(
              "Cannot renew session {}: {}. Trying again",
              info.sessionId(),
              answer.cause().getMessage());
        }
        scheduleNext(Math.min(ttlMs / 3, retries.delayMs(failures)));
        failures++;
      } else if (answer.result()) {
        if (failures > 0) {
          LOG.info("Session {} is renewed again", info.sessionId());
        }
        failures = 0;
        scheduleNext(ttlMs / 3);
      } else {
        lose("its session had expired, and was taken over");
      }
    });
  }

  private void scheduleNext(long delayMs) {
    timer = scheduler.schedule(delayMs, this::beat);
  }

  private void lose(String reason) {
    if (!over) {
      end();
      onLost.accept(reason);
    }
  }

  private void end() {
    over = true;
    if (timer != null) {
      timer.cancel();
    }
  }
}
