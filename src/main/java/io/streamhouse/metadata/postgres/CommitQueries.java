package io.streamhouse.metadata.postgres;

import io.streamhouse.metadata.CommitRequest;
import io.streamhouse.metadata.CommitResult;
import io.streamhouse.metadata.CommitResult.Status;
import io.streamhouse.metadata.CommitStore;
import io.streamhouse.metadata.SegmentObject;
import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** The commit and its relatives; the rules are in {@code db/V002__commit.sql}. */
final class CommitQueries implements CommitStore {
  static final String COMMIT =
      "SELECT streamhouse.commit_segments($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13,"
          + " $14, $15, $16, $17, $18, $19, $20, $21)";
  private static final String CLAIM =
      "SELECT streamhouse.claim_objects($1, $2, $3, $4, $5, $6, $7, $8, $9)";
  private static final String DISCARD =
      """
      INSERT INTO streamhouse.objects (object_id, key, size, session_id, state, chunks)
      SELECT o.object_id, o.key, o.size, $1, 'tombstone', 0
        FROM unnest($2::uuid[], $3::text[], $4::bigint[]) AS o (object_id, key, size)
       ORDER BY o.object_id
          ON CONFLICT DO NOTHING
      """;

  private final Connections connections;
  private final PostgresOptions options;

  CommitQueries(Connections connections, PostgresOptions options) {
    this.connections = connections;
    this.options = options;
  }

  @Override
  public Future<CommitResult> commit(CommitRequest request) {
    CommitArrays arrays = new CommitArrays(request);
    Call call = Call.commit("the commit of " + describe(request.objects()), options);
    return connections.call(call, connection -> connection
        .preparedQuery(COMMIT)
        .execute(arrays.commitTuple())
        .map(rows -> {
          Short[] codes = Rows.only(rows).getArrayOfShorts(0);
          return codes == null
              ? new CommitResult(Status.SESSION_FENCED, Map.of())
              : new CommitResult(Status.APPLIED, arrays.statuses(codes));
        })
        .recover(
            failure -> PostgresFailures.sqlState(failure).equals(PostgresFailures.OBJECT_CLAIMED)
                ? Future.succeededFuture(new CommitResult(Status.OBJECT_CLAIMED, Map.of()))
                : Future.failedFuture(failure)));
  }

  @Override
  public Future<CommitResult> claimObjects(CommitRequest request) {
    CommitArrays arrays = new CommitArrays(request);
    // Claiming again is harmless: whatever became of the first attempt, it can be repeated.
    Call call = Call.commit("claiming " + describe(request.objects()), options);
    return connections.call(call, connection -> connection
        .preparedQuery(CLAIM)
        .execute(arrays.claimTuple())
        .map(rows -> {
          Short[] codes = Rows.only(rows).getArrayOfShorts(0);
          return codes == null
              ? new CommitResult(Status.OBJECT_CLAIMED, Map.of())
              : new CommitResult(Status.APPLIED, arrays.statuses(codes));
        }));
  }

  @Override
  public Future<Void> discardObjects(UUID sessionId, List<SegmentObject> objects) {
    if (objects.isEmpty()) {
      return Future.succeededFuture();
    }
    Tuple tuple = Tuple.tuple().addValue(sessionId);
    CommitArrays.addObjects(tuple, objects);
    return connections.call(
        Call.write("discarding " + describe(objects), options),
        connection -> connection.preparedQuery(DISCARD).execute(tuple).mapEmpty());
  }

  private static String describe(List<SegmentObject> objects) {
    return objects.isEmpty()
        ? "no object"
        : objects.get(0).key()
            + (objects.size() > 1 ? " and " + (objects.size() - 1) + " more" : "");
  }
}
