package io.streamhouse.metadata.postgres;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.SslMode;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.SqlConnection;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection to the server, opened when it is first needed, that can be torn down whatever state it is in.
 *
 * <p>The client's own connections cannot: closing one queues a message behind the statement that hangs, and a pool
 * takes it back with the statement still running. Closing a whole pool closes its sockets, so each slot has a pool of
 * its own with a single connection.
 *
 * <p>Confined to one context. The connection is opened on it, and its statements complete on it.
 */
final class Slot {
  private static final Logger LOG = LoggerFactory.getLogger(Slot.class);

  private final Vertx vertx;
  private final PgConnectOptions connectOptions;
  private final NetClientOptions transportOptions;
  private final Function<SqlConnection, Future<Void>> greeting;
  private @Nullable Pool pool;
  private @Nullable SqlConnection connection;

  /**
   * Creates a slot without a connection.
   *
   * @param statementTimeoutMs the server's limit of a statement; 0: none
   * @param lockTimeoutMs the server's limit of a wait for a lock; 0: none
   * @param greeting what each new connection has to pass
   */
  Slot(
      Vertx vertx,
      PostgresOptions options,
      long statementTimeoutMs,
      long lockTimeoutMs,
      Function<SqlConnection, Future<Void>> greeting) {
    this.vertx = vertx;
    this.greeting = greeting;
    this.connectOptions = connectOptions(options, statementTimeoutMs, lockTimeoutMs);
    this.transportOptions = new NetClientOptions()
        .setTcpKeepAlive(true)
        .setTcpNoDelay(true)
        .setConnectTimeout(
            (int) Math.min(options.getConnectTimeoutMs(), options.getCallTimeoutMs()));
  }

  /** The connection, greeted. */
  Future<SqlConnection> open() {
    if (connection != null) {
      return Future.succeededFuture(connection);
    }
    close();
    Pool fresh = PgBuilder.pool()
        .using(vertx)
        .with(new PoolOptions().setMaxSize(1))
        .with(transportOptions)
        .connectingTo(connectOptions)
        .build();
    pool = fresh;
    return fresh
        .getConnection()
        .compose(opened -> greeting.apply(opened).map(opened))
        .onSuccess(opened -> {
          if (pool == fresh) {
            connection = opened;
            // The call that runs on it fails and says so; here it is only another sign of the same.
            opened.exceptionHandler(e -> LOG.debug("A connection failed: {}", e.toString()));
            opened.closeHandler(v -> forget(fresh));
          }
        });
  }

  /** Closes the socket at once; what runs on it fails. The next {@link #open()} opens another. */
  Future<Void> close() {
    Pool present = pool;
    pool = null;
    connection = null;
    return present == null
        ? Future.succeededFuture()
        : present.close().onFailure(e -> LOG.debug("Closing a connection failed", e));
  }

  private void forget(Pool lost) {
    if (pool == lost) {
      close().onFailure(e -> LOG.debug("Closing a lost connection failed", e));
    }
  }

  private static PgConnectOptions connectOptions(
      PostgresOptions options, long statementTimeoutMs, long lockTimeoutMs) {
    Map<String, String> properties = new TreeMap<>(PgConnectOptions.DEFAULT_PROPERTIES);
    properties.put("application_name", options.getApplicationName());
    properties.put("statement_timeout", Long.toString(statementTimeoutMs));
    properties.put("lock_timeout", Long.toString(lockTimeoutMs));
    properties.put("idle_in_transaction_session_timeout", Long.toString(statementTimeoutMs));
    PgConnectOptions connect = new PgConnectOptions()
        .setHost(options.host())
        .setPort(options.port())
        .setDatabase(options.database())
        .setUser(options.getUser())
        .setPassword(options.secret())
        .setCachePreparedStatements(true)
        .setPreparedStatementCacheSqlLimit(8192)
        .setProperties(properties)
        .setSslMode(options.vertxSslMode());
    if (options.vertxSslMode() != SslMode.DISABLE) {
      connect.setSslOptions(sslOptions(options));
    }
    return connect;
  }

  private static ClientSSLOptions sslOptions(PostgresOptions options) {
    ClientSSLOptions ssl = new ClientSSLOptions()
        .setHostnameVerificationAlgorithm(
            options.vertxSslMode() == SslMode.VERIFY_FULL ? "HTTPS" : "");
    String caFile = options.getCaFile();
    return caFile == null
        ? ssl.setTrustAll(true)
        : ssl.setTrustOptions(new PemTrustOptions().addCertPath(caFile));
  }
}
