package io.streamhouse.metadata.postgres;

import io.streamhouse.metadata.AgentInfo;
import io.streamhouse.metadata.SessionStore;
import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.UUID;

/** Sessions; the rules are in {@code db/V003__leases.sql}. */
final class SessionQueries implements SessionStore {
  private static final String OPEN = "SELECT streamhouse.open_session($1, $2, $3, $4, $5)";

  /**
   * Revives a session that has expired as long as nobody has declared it dead: until then nobody has been given its
   * leases. No key column changes, so a commit's FOR KEY SHARE is not in the way.
   */
  private static final String HEARTBEAT =
      """
      UPDATE streamhouse.agent_sessions
         SET expires_at = clock_timestamp() + $2 * interval '1 millisecond'
       WHERE session_id = $1 AND state <> 'dead'
      """;

  private static final String CLOSE = "SELECT streamhouse.close_session($1)";
  private static final String LIVE =
      """
      SELECT session_id, agent_id, address, zone
        FROM streamhouse.agent_sessions
       WHERE state <> 'dead' AND expires_at > clock_timestamp()
       ORDER BY agent_id, session_id
      """;

  private final Connections connections;
  private final PostgresOptions options;

  SessionQueries(Connections connections, PostgresOptions options) {
    this.connections = connections;
    this.options = options;
  }

  @Override
  public Future<AgentInfo> openSession(String agentId, String address, String zone, long ttlMs) {
    AgentInfo agent = new AgentInfo(UUID.randomUUID(), agentId, address, zone);
    return connections.call(
        Call.write("opening a session for agent " + agentId, options), connection -> connection
            .preparedQuery(OPEN)
            .execute(Tuple.of(agent.sessionId(), agentId, address, zone, ttlMs))
            .map(agent));
  }

  @Override
  public Future<Boolean> heartbeat(UUID sessionId, long ttlMs) {
    return connections.call(
        Call.heartbeat("the heartbeat of session " + sessionId, options), connection -> connection
            .preparedQuery(HEARTBEAT)
            .execute(Tuple.of(sessionId, ttlMs))
            .map(rows -> rows.rowCount() == 1));
  }

  @Override
  public Future<Void> closeSession(UUID sessionId) {
    return connections.call(
        Call.heartbeat("closing session " + sessionId, options),
        connection ->
            connection.preparedQuery(CLOSE).execute(Tuple.of(sessionId)).mapEmpty());
  }

  @Override
  public Future<List<AgentInfo>> liveAgents() {
    return connections.call(Call.read("listing live agents", options), connection -> connection
        .preparedQuery(LIVE)
        .execute()
        .map(rows -> Rows.list(
            rows,
            row -> new AgentInfo(
                row.getUUID("session_id"),
                row.getString("agent_id"),
                row.getString("address"),
                row.getString("zone")))));
  }
}
