package io.streamhouse.cli;

import java.util.Locale;

/** Numbers for people, the same in every locale. */
final class Figures {
  private static final double NANOS_PER_SECOND = 1e9;
  private static final double BYTES_PER_MEGABYTE = 1e6;

  private Figures() {}

  /** With thousands separators. */
  static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  static double perSecond(long count, long nanos) {
    return nanos <= 0 ? 0 : count * NANOS_PER_SECOND / nanos;
  }

  static double megabytesPerSecond(long bytes, long nanos) {
    return perSecond(bytes, nanos) / BYTES_PER_MEGABYTE;
  }

  static String rate(long records, long bytes, long nanos) {
    return String.format(
        Locale.ROOT,
        "%,.0f records/s, %.2f MB/s",
        perSecond(records, nanos),
        megabytesPerSecond(bytes, nanos));
  }

  static String seconds(long nanos) {
    return String.format(Locale.ROOT, "%.2f s", nanos / NANOS_PER_SECOND);
  }
}
