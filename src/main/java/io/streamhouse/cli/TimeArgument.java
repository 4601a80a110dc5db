package io.streamhouse.cli;

import io.streamhouse.StartPosition;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.function.Function;

/** Reads {@code --from}: earliest, latest, milliseconds since 1970, or an ISO 8601 date or time. */
final class TimeArgument {
  private TimeArgument() {}

  /** Dates and times without an offset are those of the zone. */
  static StartPosition parse(String text, ZoneId zone) {
    if (text.equals("earliest")) {
      return StartPosition.earliest();
    }
    if (text.equals("latest")) {
      return StartPosition.latest();
    }
    if (text.matches("[0-9]{1,18}")) {
      return StartPosition.timestamp(Long.parseLong(text));
    }
    List<Function<String, Long>> formats = List.of(
        given -> OffsetDateTime.parse(given).toInstant().toEpochMilli(),
        given -> LocalDateTime.parse(given).atZone(zone).toInstant().toEpochMilli(),
        given -> LocalDate.parse(given).atStartOfDay(zone).toInstant().toEpochMilli());
    for (Function<String, Long> format : formats) {
      try {
        return StartPosition.timestamp(format.apply(text));
      } catch (DateTimeException | IllegalArgumentException e) {
        continue;
      }
    }
    throw CommandFailure.usage("--from must be earliest, latest, a time as 2026-11-23T14:00:00Z"
        + " or milliseconds since 1970, but is '" + text + "'");
  }
}
