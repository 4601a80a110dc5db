package io.streamhouse.metadata.postgres;

import io.streamhouse.ErrorCode;
import io.streamhouse.StreamHouseException;
import io.vertx.pgclient.PgException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides what a failure of PostgreSQL, or of the way to it, means.
 *
 * <p>An error reply to a statement means that its transaction is rolled back: nothing was written. Everything else
 * (connection lost, deadline passed, server shutting down, reply not understood) leaves the outcome open. One more
 * case is open that looks like success: with a synchronous standby, an operator who cancels a backend that waits for it
 * makes COMMIT succeed with a warning. This program never cancels a statement, statement_timeout does not reach
 * into the commit, and a closed connection ends such a backend without a reply.
 */
final class PostgresFailures {
  /** An object of the commit is committed or claimed already. */
  static final String OBJECT_CLAIMED = "SH001";

  /** The session that asks for leases is dead or has expired. */
  static final String SESSION_DEAD = "SH002";

  private static final Set<String> WORTH_REPEATING = Set.of("40001", "40P01");
  /** statement_completion_unknown, and the server going down. */
  private static final Set<String> UNKNOWN_OUTCOME = Set.of("40003", "57P01", "57P02", "57P03");
  /** Too old a connection after a failover: the server it leads to has become a standby. */
  private static final String READ_ONLY_SERVER = "25006";

  private PostgresFailures() {}

  /** The code of an error reply, or empty. */
  static String sqlState(Throwable failure) {
    return failure instanceof PgException reply && reply.getSqlState() != null
        ? reply.getSqlState()
        : "";
  }

  /** Whether nothing was written, for certain. */
  static boolean nothingWritten(Throwable failure) {
    String state = sqlState(failure);
    return failure instanceof PgException reply
        && !state.isEmpty()
        && !isFatal(reply)
        && !state.startsWith("08")
        && !UNKNOWN_OUTCOME.contains(state);
  }

  /** Whether the transaction lost against another one and can be repeated at once. */
  static boolean worthRepeating(Throwable failure) {
    return WORTH_REPEATING.contains(sqlState(failure));
  }

  /** Whether the connection is of no more use. */
  static boolean breaksConnection(Throwable failure) {
    return !(failure instanceof StreamHouseException)
        && (!nothingWritten(failure) || sqlState(failure).equals(READ_ONLY_SERVER));
  }

  /** Whether trying again later, with the same configuration, can help. */
  static boolean isTransient(Throwable failure) {
    return failure instanceof StreamHouseException known && known.code() == ErrorCode.UNAVAILABLE;
  }

  /**
   * The failure as callers see it.
   *
   * @param sent whether the statement may have reached the server
   * @param writes whether it changes anything
   */
  static StreamHouseException translate(
      Throwable failure, String what, String place, boolean sent, boolean writes) {
    if (failure instanceof StreamHouseException known) {
      return known;
    }
    String message = "PostgreSQL at " + place + ": " + what + " failed: " + describe(failure);
    ErrorCode code = code(sqlState(failure), failure);
    return sent && writes && !nothingWritten(failure)
        ? StreamHouseException.unknownOutcome(code, message, failure)
        : StreamHouseException.of(code, message, failure);
  }

  private static boolean isFatal(PgException reply) {
    String severity = reply.getSeverity();
    return "FATAL".equals(severity) || "PANIC".equals(severity);
  }

  private static String describe(Throwable failure) {
    if (failure instanceof PgException reply) {
      return reply.getErrorMessage() + " (SQLSTATE " + reply.getSqlState() + ")"
          + hint(sqlState(failure));
    }
    @Nullable String message = failure.getMessage();
    return message == null ? failure.getClass().getSimpleName() : message;
  }

  private static String hint(String state) {
    return switch (state) {
      case "28P01", "28000" -> "; check user and password (STREAMHOUSE_PG_PASSWORD)";
      case "3D000" -> "; create the database first: createdb NAME";
      case "42501" -> "; grant this user the right to create and use the schema streamhouse";
      case "53300" -> "; raise max_connections or lower poolSize";
      default -> "";
    };
  }

  private static ErrorCode code(String state, Throwable failure) {
    if (!(failure instanceof PgException)
        || state.startsWith("08")
        || state.startsWith("53")
        || state.startsWith("57")
        || state.startsWith("58")
        || WORTH_REPEATING.contains(state)
        || state.equals("40003")
        || state.equals("55P03")
        || state.equals(READ_ONLY_SERVER)) {
      return ErrorCode.UNAVAILABLE;
    }
    return switch (state) {
      case "28P01", "28000" -> ErrorCode.UNAUTHENTICATED;
      case "42501" -> ErrorCode.PERMISSION_DENIED;
      case "3D000" -> ErrorCode.INVALID_CONFIGURATION;
      case SESSION_DEAD -> ErrorCode.NOT_LEADER;
      default -> ErrorCode.INTERNAL;
    };
  }
}
