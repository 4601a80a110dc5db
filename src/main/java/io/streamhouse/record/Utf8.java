package io.streamhouse.record;

import java.nio.charset.StandardCharsets;

/** UTF-8 without garbage for the strings that headers have: nearly always short and ASCII. */
final class Utf8 {
  private Utf8() {}

  /** Bytes of a string; an unpaired surrogate counts as the one byte of the '?' that replaces it. */
  static long sizeOf(String text) {
    long size = text.length();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= 0x80) {
        if (c < 0x800) {
          size++;
        } else if (!Character.isSurrogate(c)) {
          size += 2;
        } else if (Character.isHighSurrogate(c)
            && i + 1 < text.length()
            && Character.isLowSurrogate(text.charAt(i + 1))) {
          size += 2;
          i++;
        }
      }
    }
    return size;
  }

  /** Writes a string of a known size and returns the position behind it. */
  static int write(byte[] target, int position, String text, int size) {
    if (size == text.length()) {
      for (int i = 0; i < size; i++) {
        char c = text.charAt(i);
        target[position + i] = c < 0x80 ? (byte) c : (byte) '?';
      }
    } else {
      System.arraycopy(text.getBytes(StandardCharsets.UTF_8), 0, target, position, size);
    }
    return position + size;
  }

  /** Whether the bytes are well-formed UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF. */
  static boolean isValid(byte[] bytes, int from, int to) {
    int at = from;
    while (at < to) {
      int lead = bytes[at++];
      if (lead >= 0) {
        continue;
      }
      int rest = continuationBytes(lead);
      if (rest == 0 || rest > to - at || !isAllowedSecond(lead & 0xff, bytes[at] & 0xff)) {
        return false;
      }
      for (int i = 1; i < rest; i++) {
        if ((bytes[at + i] & 0xc0) != 0x80) {
          return false;
        }
      }
      at += rest;
    }
    return true;
  }

  private static int continuationBytes(int lead) {
    int value = lead & 0xff;
    if (value >= 0xc2 && value <= 0xdf) {
      return 1;
    }
    if (value >= 0xe0 && value <= 0xef) {
      return 2;
    }
    return value >= 0xf0 && value <= 0xf4 ? 3 : 0;
  }

  /** The second byte alone tells overlong forms, surrogates and values above U+10FFFF (Unicode, table 3-7). */
  private static boolean isAllowedSecond(int lead, int second) {
    int min = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    int max = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    return second >= min && second <= max;
  }
}
