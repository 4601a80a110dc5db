package io.streamhouse.metadata.postgres;

import io.streamhouse.ErrorCode;
import io.streamhouse.StreamHouseException;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the schema up to date: each step in a transaction of its own, under an advisory lock that lasts as long, so
 * that agents which start together take turns and any pooler in between does no harm. The checks are made anew under
 * each lock.
 */
final class Migrator {
  private static final Logger LOG = LoggerFactory.getLogger(Migrator.class);

  /** The letters "StrmHous": the key of the advisory lock. */
  private static final long LOCK = 0x5374726d486f7573L;

  private static final String FIND =
      "SELECT to_regclass('streamhouse.schema_migrations') IS NOT NULL AS present";
  private static final String CREATE =
      """
      CREATE SCHEMA IF NOT EXISTS streamhouse;
      CREATE TABLE IF NOT EXISTS streamhouse.schema_migrations (
        version integer PRIMARY KEY,
        name text NOT NULL,
        checksum text NOT NULL,
        applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
      )
      """;
  private static final String APPLIED =
      "SELECT version, checksum FROM streamhouse.schema_migrations ORDER BY version";
  private static final String RECORD =
      "INSERT INTO streamhouse.schema_migrations (version, name, checksum) VALUES ($1, $2, $3)";

  private final String place;
  private final List<Migration> migrations;

  Migrator(String place, List<Migration> migrations) {
    this.place = place;
    this.migrations = migrations;
  }

  /** Applies what is missing. Fails with {@code INVALID_CONFIGURATION} when the schema is not one of this program's. */
  Future<Void> migrate(SqlConnection connection) {
    return isUpToDate(connection)
        .compose(upToDate -> upToDate
            ? Future.succeededFuture()
            : underLock(connection, () -> connection.query(CREATE).execute().mapEmpty())
                .compose(v -> applyFrom(connection, 0)));
  }

  /** Looks first: an agent without the right to change the schema can start when there is nothing to change. */
  private Future<Boolean> isUpToDate(SqlConnection connection) {
    return connection
        .query(FIND)
        .execute()
        .compose(rows -> rows.iterator().next().getBoolean(0)
            ? applied(connection).map(applied -> applied.size() == migrations.size())
            : Future.succeededFuture(false));
  }

  private Future<Void> applyFrom(SqlConnection connection, int index) {
    if (index == migrations.size()) {
      return Future.succeededFuture();
    }
    Migration migration = migrations.get(index);
    return underLock(connection, () -> applied(connection)
            .compose(applied -> applied.containsKey(migration.version())
                ? Future.succeededFuture()
                : apply(connection, migration)))
        .compose(v -> applyFrom(connection, index + 1));
  }

  private Future<Void> apply(SqlConnection connection, Migration migration) {
    return connection
        .query(migration.sql())
        .execute()
        .compose(done -> connection
            .preparedQuery(RECORD)
            .execute(Tuple.of(migration.version(), migration.name(), migration.checksum())))
        .onSuccess(done -> LOG.info("Applied {} to PostgreSQL at {}", migration.name(), place))
        .mapEmpty();
  }

  /** What is applied, after the check that this program knows all of it. */
  private Future<Map<Integer, String>> applied(SqlConnection connection) {
    return connection.query(APPLIED).execute().compose(rows -> {
      Map<Integer, String> applied = new TreeMap<>();
      for (Row row : rows) {
        applied.put(row.getInteger("version"), row.getString("checksum"));
      }
      return check(applied);
    });
  }

  private Future<Map<Integer, String>> check(Map<Integer, String> applied) {
    int newest = migrations.size();
    for (Map.Entry<Integer, String> entry : applied.entrySet()) {
      int version = entry.getKey();
      if (version > newest) {
        return refuse(
            "is at version " + applied.keySet().stream().max(Integer::compare).orElse(0)
                + ", newer than this program, which knows versions up to " + newest
                + ": run a newer StreamHouse");
      }
      Migration migration = migrations.get(version - 1);
      if (!migration.checksum().equals(entry.getValue())) {
        return refuse("has another version " + version + " (SHA-256 " + entry.getValue()
            + ") than this program's " + migration.name() + " (SHA-256 " + migration.checksum()
            + "), whose newest version is " + newest
            + ": use the program that made it, or an empty database");
      }
    }
    return Future.succeededFuture(applied);
  }

  private <T> Future<T> refuse(String problem) {
    return Future.failedFuture(StreamHouseException.of(
        ErrorCode.INVALID_CONFIGURATION,
        "the schema streamhouse in PostgreSQL at " + place + " " + problem));
  }

  private static Future<Void> underLock(SqlConnection connection, Supplier<Future<Void>> work) {
    return connection.begin().compose(transaction -> connection
        .query("SELECT pg_advisory_xact_lock(" + LOCK + ")")
        .execute()
        .compose(locked -> work.get())
        .compose(done -> transaction.commit(), failure -> transaction
            .rollback()
            .otherwiseEmpty()
            .compose(v -> Future.failedFuture(failure))));
  }
}
