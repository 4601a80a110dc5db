package io.streamhouse.metadata.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamhouse.ErrorCode;
import io.streamhouse.StreamHouseException;
import io.vertx.core.VertxException;
import io.vertx.pgclient.PgException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PostgresFailuresTest {
  @ParameterizedTest
  @ValueSource(strings = {"40001", "40P01", "55P03", "57014", "23505", "22012", "53100", "XX000"})
  void anErrorReplyMeansThatNothingWasWritten(String state) {
    assertThat(PostgresFailures.nothingWritten(reply("ERROR", state))).isTrue();
    assertThat(translated(reply("ERROR", state)).mayHaveBeenWritten()).isFalse();
    assertThat(PostgresFailures.breaksConnection(reply("ERROR", state))).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "ERROR,08006",
    "ERROR,40003",
    "ERROR,57P01",
    "FATAL,57P01",
    "FATAL,57P02",
    "FATAL,57P03",
    "FATAL,XX000",
    "PANIC,53100",
    "FATAL,25P03"
  })
  void aConnectionThatEndsLeavesTheOutcomeOpen(String severity, String state) {
    assertThat(PostgresFailures.nothingWritten(reply(severity, state))).isFalse();
    assertThat(translated(reply(severity, state)).mayHaveBeenWritten()).isTrue();
    assertThat(PostgresFailures.breaksConnection(reply(severity, state))).isTrue();
  }

  @Test
  void aFailureWithoutAReplyLeavesTheOutcomeOpen() {
    Throwable lost = new VertxException("Connection closed", true);
    assertThat(translated(lost).mayHaveBeenWritten()).isTrue();
    assertThat(translated(lost).code()).isEqualTo(ErrorCode.UNAVAILABLE);
    assertThat(PostgresFailures.breaksConnection(lost)).isTrue();
    assertThat(PostgresFailures.translate(lost, "x", "here", false, true).mayHaveBeenWritten())
        .isFalse();
    assertThat(PostgresFailures.translate(lost, "x", "here", true, false).mayHaveBeenWritten())
        .isFalse();
  }

  @Test
  void onlyLostRacesAreRepeatedAtOnce() {
    assertThat(PostgresFailures.worthRepeating(reply("ERROR", "40001"))).isTrue();
    assertThat(PostgresFailures.worthRepeating(reply("ERROR", "40P01"))).isTrue();
    assertThat(PostgresFailures.worthRepeating(reply("ERROR", "55P03"))).isFalse();
    assertThat(PostgresFailures.worthRepeating(new VertxException("gone", true)))
        .isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "40001,UNAVAILABLE",
    "53300,UNAVAILABLE",
    "55P03,UNAVAILABLE",
    "57014,UNAVAILABLE",
    "25006,UNAVAILABLE",
    "28P01,UNAUTHENTICATED",
    "42501,PERMISSION_DENIED",
    "3D000,INVALID_CONFIGURATION",
    "42P01,INTERNAL",
    "SH002,NOT_LEADER"
  })
  void repliesHaveTheirCodes(String state, ErrorCode code) {
    assertThat(translated(reply("ERROR", state)).code()).isEqualTo(code);
  }

  @Test
  void theMessageNamesPlaceDeedAndReason() {
    assertThat(translated(reply("ERROR", "28P01")))
        .hasMessage("PostgreSQL at here: the deed failed: the reason (SQLSTATE 28P01);"
            + " check user and password (STREAMHOUSE_PG_PASSWORD)");
  }

  @Test
  void aConnectionToAServerThatBecameAStandbyIsGivenUp() {
    assertThat(PostgresFailures.breaksConnection(reply("ERROR", "25006"))).isTrue();
    assertThat(translated(reply("ERROR", "25006")).mayHaveBeenWritten()).isFalse();
  }

  private static StreamHouseException translated(Throwable failure) {
    return PostgresFailures.translate(failure, "the deed", "here", true, true);
  }

  private static PgException reply(String severity, String state) {
    return new PgException("the reason", severity, state, null);
  }
}
