package io.streamhouse.storage;

import io.streamhouse.common.TopicNames;
import io.streamhouse.storage.StorageException.Kind;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What every adapter refuses before it does anything, so that a key which one store takes cannot fail in another. Stores
 * differ in what they make of {@code ..}, empty segments and control characters; these are never sent.
 */
public final class RequestRules {
  /** Characters in a key; the limit of S3. */
  public static final int MAX_KEY_LENGTH = 1024;

  /** Characters between two slashes; the limit of the usual file systems. */
  public static final int MAX_SEGMENT_LENGTH = 255;

  /** Objects in a page of a listing; the limit of S3. */
  public static final int MAX_PAGE_SIZE = 1000;

  private static final Pattern LEGAL = Pattern.compile("[a-zA-Z0-9._/-]*");

  private RequestRules() {}

  /**
   * Why a key is refused ({@code REJECTED}), or null. Allowed are 1 to {@value #MAX_KEY_LENGTH} of {@code a-z A-Z 0-9 . _
   * - /}, in segments of 1 to {@value #MAX_SEGMENT_LENGTH} between slashes, none of them {@code .} or {@code ..}.
   */
  public static @Nullable StorageException key(String key) {
    if (key.isEmpty()) {
      return refused("key", key, "is empty");
    }
    StorageException characters = characters("key", key);
    if (characters != null) {
      return characters;
    }
    for (String segment : key.split("/", -1)) {
      if (segment.isEmpty()) {
        return refused("key", key, "has an empty segment");
      }
      if (segment.equals(".") || segment.equals("..")) {
        return refused("key", key, "has the segment " + segment);
      }
      if (segment.length() > MAX_SEGMENT_LENGTH) {
        return refused(
            "key", key, "has a segment of more than " + MAX_SEGMENT_LENGTH + " characters");
      }
    }
    return null;
  }

  /** Why a range is refused ({@code REJECTED}), or null. */
  public static @Nullable StorageException range(String key, long position, int length) {
    if (position < 0 || length < 1 || position > Long.MAX_VALUE - length) {
      String given = "%d bytes from %d on".formatted(length, position);
      return new StorageException(
          Kind.REJECTED, "get " + printable(key) + ": " + given + " is not a range", null);
    }
    return key(key);
  }

  /** Why a listing is refused ({@code REJECTED}), or null. */
  public static @Nullable StorageException listing(String prefix, String startAfter, int limit) {
    if (limit < 1 || limit > MAX_PAGE_SIZE) {
      return new StorageException(
          Kind.REJECTED, "list: limit must be 1 to " + MAX_PAGE_SIZE + ", but is " + limit, null);
    }
    StorageException prefixFault = characters("prefix", prefix);
    return prefixFault != null ? prefixFault : characters("startAfter", startAfter);
  }

  private static @Nullable StorageException characters(String what, String text) {
    if (text.length() > MAX_KEY_LENGTH) {
      return refused(what, text, "is longer than " + MAX_KEY_LENGTH + " characters");
    }
    if (!LEGAL.matcher(text).matches()) {
      return refused(what, text, "has a character other than a-z A-Z 0-9 . _ - /");
    }
    return null;
  }

  private static StorageException refused(String what, String text, String reason) {
    return new StorageException(Kind.REJECTED, what + " '" + printable(text) + "' " + reason, null);
  }

  private static String printable(String text) {
    return TopicNames.printable(text);
  }
}
