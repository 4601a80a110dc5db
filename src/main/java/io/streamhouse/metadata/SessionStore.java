package io.streamhouse.metadata;

import io.vertx.core.Future;
import java.util.List;
import java.util.UUID;

/** Sessions of agents: the unit of liveness and fencing. Expiry is decided by the database's clock alone. */
public interface SessionStore {
  /**
   * Opens a new session.
   *
   * @param ttlMs how long it lives without a heartbeat
   */
  Future<AgentInfo> openSession(String agentId, String address, String zone, long ttlMs);

  /**
   * Prolongs a session by its time to live.
   *
   * @return false when the session is dead, which is final
   */
  Future<Boolean> heartbeat(UUID sessionId, long ttlMs);

  /** Ends a session: it is dead at once, its leases are free. Succeeds when it was dead before. */
  Future<Void> closeSession(UUID sessionId);

  /** The agents whose sessions are alive. */
  Future<List<AgentInfo>> liveAgents();
}
