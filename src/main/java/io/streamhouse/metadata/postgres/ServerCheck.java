package io.streamhouse.metadata.postgres;

import io.streamhouse.ErrorCode;
import io.streamhouse.StreamHouseException;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import java.util.List;

/**
 * What a server must be to hold the metadata. Each new connection is checked, since the server behind an address can
 * change: after a failover it may be a standby, and a setting can differ by user.
 */
final class ServerCheck {
  /** The oldest version that is tested. */
  static final int OLDEST_MAJOR_VERSION = 14;

  private static final String QUERY =
      """
      SELECT current_setting('server_version_num')::int AS version_number,
             current_setting('server_version') AS version,
             pg_is_in_recovery() AS standby,
             current_setting('transaction_read_only') AS read_only,
             current_setting('fsync') AS fsync,
             current_setting('full_page_writes') AS full_page_writes,
             current_setting('synchronous_commit') AS synchronous_commit
      """;

  private final PostgresOptions options;

  ServerCheck(PostgresOptions options) {
    this.options = options;
  }

  /** Fails with a message that names what is wrong and what to do. */
  Future<Void> check(SqlConnection connection) {
    return connection.query(QUERY).execute().compose(rows -> {
      Row row = rows.iterator().next();
      int version = row.getInteger("version_number");
      if (version < OLDEST_MAJOR_VERSION * 10_000) {
        return refuse(
            ErrorCode.INVALID_CONFIGURATION,
            "runs version " + row.getString("version") + ", but at least " + OLDEST_MAJOR_VERSION
                + " is needed");
      }
      // A standby becomes a primary, or the address leads elsewhere, when a failover is complete.
      if (row.getBoolean("standby") || row.getString("read_only").equals("on")) {
        return refuse(
            ErrorCode.UNAVAILABLE, "is read-only (a standby?): give the address of the primary");
      }
      return options.isAllowUnsafeDurability() ? Future.succeededFuture() : checkDurability(row);
    });
  }

  private Future<Void> checkDurability(Row row) {
    for (String setting : List.of("fsync", "full_page_writes", "synchronous_commit")) {
      if (row.getString(setting).equals("off")) {
        return refuse(
            ErrorCode.INVALID_CONFIGURATION,
            "runs with " + setting + " = off, so that a crash of its machine loses acknowledged"
                + " records: set " + setting + " = on there, or allowUnsafeDurability = true here"
                + " for an experiment");
      }
    }
    return Future.succeededFuture();
  }

  private Future<Void> refuse(ErrorCode code, String problem) {
    return Future.failedFuture(
        StreamHouseException.of(code, "PostgreSQL at " + options.place() + " " + problem));
  }
}
