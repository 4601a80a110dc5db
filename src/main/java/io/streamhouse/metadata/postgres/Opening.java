package io.streamhouse.metadata.postgres;

import io.streamhouse.ErrorCode;
import io.streamhouse.StreamHouseException;
import io.streamhouse.metadata.MetadataStore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.SqlConnection;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The way from options to a store that is ready: reach the server, check it, migrate, learn the cluster's id. */
final class Opening {
  private static final Logger LOG = LoggerFactory.getLogger(Opening.class);

  private static final long RETRY_MS = 250;
  /** Enough for the schema of today; a migration that rewrites a large table sets its own pace. */
  private static final long MIGRATION_TIMEOUT_MS = 300_000;

  private static final String CLUSTER = "SELECT cluster_id FROM streamhouse.cluster";

  private final Vertx vertx;
  private final PostgresOptions options;
  private final ServerCheck check;
  private final Migrator migrator;

  Opening(Vertx vertx, PostgresOptions options, List<Migration> migrations) {
    this.vertx = vertx;
    this.options = options;
    this.check = new ServerCheck(options);
    this.migrator = new Migrator(options.place(), migrations);
  }

  Future<MetadataStore> open() {
    // No statement limit here: a migration may take its time, and wait for another agent's.
    Slot slot = new Slot(vertx, options, 0, 0, check::check);
    AtomicBoolean expired = new AtomicBoolean();
    long timer = vertx.setTimer(options.getConnectTimeoutMs(), id -> expired.set(true));
    return reach(slot, expired)
        .eventually(() -> {
          vertx.cancelTimer(timer);
          return Future.succeededFuture();
        })
        .compose(
            connection -> prepare(connection).timeout(MIGRATION_TIMEOUT_MS, TimeUnit.MILLISECONDS))
        .recover(failure -> Future.failedFuture(PostgresFailures.translate(
            failure, "preparing the schema", options.place(), false, false)))
        .eventually(slot::close)
        .map(this::ready);
  }

  private Future<SqlConnection> reach(Slot slot, AtomicBoolean expired) {
    return slot.open()
        .timeout(options.getConnectTimeoutMs(), TimeUnit.MILLISECONDS)
        .recover(failure -> {
          slot.close().onFailure(e -> LOG.debug("Closing a connection failed", e));
          if (failure instanceof TimeoutException) {
            return unreachable("it does not answer", failure);
          }
          StreamHouseException known =
              PostgresFailures.translate(failure, "connecting", options.place(), false, false);
          if (!PostgresFailures.isTransient(known)) {
            return Future.failedFuture(known);
          }
          if (expired.get()) {
            return unreachable(String.valueOf(known.getMessage()), failure);
          }
          return vertx.timer(RETRY_MS).compose(v -> reach(slot, expired));
        });
  }

  private Future<SqlConnection> unreachable(String reason, Throwable cause) {
    return Future.failedFuture(StreamHouseException.of(
        ErrorCode.UNAVAILABLE,
        "PostgreSQL at " + options.place() + " cannot be reached within "
            + options.getConnectTimeoutMs() + " ms; check that it runs and that uri is right ("
            + reason + ")",
        cause));
  }

  private Future<UUID> prepare(SqlConnection connection) {
    return migrator
        .migrate(connection)
        .compose(v -> connection.query(CLUSTER).execute())
        .map(rows -> Rows.only(rows).getUUID(0));
  }

  private MetadataStore ready(UUID clusterId) {
    LOG.info("Metadata of cluster {} is in PostgreSQL at {}", clusterId, options.place());
    if (options.isAllowUnsafeDurability()) {
      LOG.warn(
          "allowUnsafeDurability is on: PostgreSQL at {} may lose acknowledged records in a crash",
          options.place());
    }
    Connections connections = new Connections(vertx, options, connection -> check
        .check(connection)
        .compose(v -> checkCluster(connection, clusterId)));
    return new PostgresMetadataStore(connections, options, clusterId);
  }

  /** The database behind an address can be exchanged while an agent runs: restored, or another one altogether. */
  private Future<Void> checkCluster(SqlConnection connection, UUID clusterId) {
    return connection.query(CLUSTER).execute().compose(rows -> {
      UUID found = Rows.only(rows).getUUID(0);
      return found.equals(clusterId)
          ? Future.succeededFuture()
          : Future.failedFuture(StreamHouseException.of(
              ErrorCode.INVALID_CONFIGURATION,
              "PostgreSQL at " + options.place() + " holds cluster " + found + " now, but this"
                  + " agent serves cluster " + clusterId + ": restart the agent if that is right"));
    });
  }
}
