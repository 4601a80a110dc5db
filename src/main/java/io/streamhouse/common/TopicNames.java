package io.streamhouse.common;

import io.streamhouse.ErrorCode;
import io.streamhouse.StreamHouseException;
import java.util.regex.Pattern;

/** The one place that decides which topic names are allowed; Kafka's rule. */
public final class TopicNames {
  /** Longest name, in characters. */
  public static final int MAX_LENGTH = 249;

  private static final Pattern LEGAL = Pattern.compile("[a-zA-Z0-9._-]{1," + MAX_LENGTH + "}");
  private static final int SHOWN_LENGTH = 64;

  private TopicNames() {}

  /**
   * Returns the name.
   *
   * @throws StreamHouseException with {@link ErrorCode#INVALID_TOPIC} when it is not allowed
   */
  public static String validate(String name) {
    if (name.isEmpty()) {
      throw StreamHouseException.of(ErrorCode.INVALID_TOPIC, "topic is required");
    }
    if (name.equals(".") || name.equals("..") || !LEGAL.matcher(name).matches()) {
      throw StreamHouseException.of(
          ErrorCode.INVALID_TOPIC,
          "topic '" + printable(name) + "' is not allowed: use 1 to " + MAX_LENGTH
              + " of the characters a-z A-Z 0-9 . _ - (and not '.' or '..')");
    }
    return name;
  }

  /** A name from outside, fit for a log line or a message: short and without control characters. */
  public static String printable(String name) {
    String shown = name.length() > SHOWN_LENGTH ? name.substring(0, SHOWN_LENGTH) + "…" : name;
    return shown.replaceAll("[^\\x20-\\x7e…]", "?");
  }
}
