package io.streamhouse.cli;

import io.vertx.core.json.JsonObject;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** Latencies from 1 µs to an hour, to three digits. Not for several threads at once. */
final class LatencyRecorder {
  private static final long HIGHEST_MICROS = TimeUnit.HOURS.toMicros(1);
  private static final double MICROS_PER_MS = 1_000.0;

  private final Histogram micros = new Histogram(HIGHEST_MICROS, 3);

  void record(long nanos) {
    micros.recordValue(Math.min(HIGHEST_MICROS, Math.max(1, nanos / 1_000)));
  }

  long count() {
    return micros.getTotalCount();
  }

  double percentileMs(double percentile) {
    return micros.getValueAtPercentile(percentile) / MICROS_PER_MS;
  }

  double maxMs() {
    return micros.getMaxValue() / MICROS_PER_MS;
  }

  /** "p50 3.1 ms, p99 8.0 ms, max 9.2 ms". */
  String text(double... percentiles) {
    StringBuilder text = new StringBuilder();
    for (double percentile : percentiles) {
      text.append(
          String.format(Locale.ROOT, "%s %.1f ms, ", name(percentile), percentileMs(percentile)));
    }
    return text + String.format(Locale.ROOT, "max %.1f ms", maxMs());
  }

  JsonObject json(double... percentiles) {
    JsonObject json = new JsonObject();
    for (double percentile : percentiles) {
      json.put(name(percentile), percentileMs(percentile));
    }
    return json.put("max", maxMs());
  }

  private static String name(double percentile) {
    return percentile == Math.rint(percentile)
        ? "p" + (long) percentile
        : "p" + String.format(Locale.ROOT, "%.1f", percentile);
  }
}
