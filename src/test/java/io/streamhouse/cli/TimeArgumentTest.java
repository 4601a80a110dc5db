package io.streamhouse.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamhouse.StartPosition;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;

class TimeArgumentTest {
  private static final ZoneId ZONE = ZoneId.of("+02:00");

  @Test
  void namesMillisecondsAndIsoTimesAreRead() {
    assertThat(TimeArgument.parse("earliest", ZONE)).isEqualTo(StartPosition.earliest());
    assertThat(TimeArgument.parse("latest", ZONE)).isEqualTo(StartPosition.latest());
    assertThat(TimeArgument.parse("1700000000123", ZONE))
        .isEqualTo(StartPosition.timestamp(1_700_000_000_123L));
    assertThat(TimeArgument.parse("2023-11-14T22:13:20Z", ZONE))
        .isEqualTo(StartPosition.timestamp(1_700_000_000_000L));
  }

  @Test
  void timesAndDatesWithoutAnOffsetAreThoseOfTheZone() {
    assertThat(TimeArgument.parse("2023-11-15T00:13:20", ZONE))
        .isEqualTo(StartPosition.timestamp(1_700_000_000_000L));
    assertThat(TimeArgument.parse("1970-01-02", ZONE))
        .isEqualTo(StartPosition.timestamp(22 * 3_600_000L));
  }

  @Test
  void anythingElseIsAUsageErrorThatShowsWhatIsAllowed() {
    for (String text : new String[] {"", "yesterday", "-5", "1969-01-01"}) {
      assertThatThrownBy(() -> TimeArgument.parse(text, ZONE))
          .isInstanceOfSatisfying(
              CommandFailure.class, e -> assertThat(e.exitCode()).isEqualTo(2))
          .hasMessageContaining("'" + text + "'");
    }
  }
}
