package io.streamhouse.cli;

import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a stream of bytes into lines at line feeds, and changes nothing else: no encoding is assumed, and a carriage
 * return before the line feed is part of the line unless it is to be stripped. The last line needs no line feed. Hands
 * out what is there without waiting for more, and holds no more than one line and one read. Blocks its thread.
 */
final class LineReader {
  private static final int READ_BYTES = 256 << 10;

  private final InputStream in;
  private final int lineBytesMax;
  private final boolean stripCarriageReturn;

  /** Bytes of a line whose end is not there yet. */
  private byte[] rest = new byte[0];

  private long nextNumber = 1;
  private boolean atEnd;

  LineReader(InputStream in, int lineBytesMax, boolean stripCarriageReturn) {
    this.in = in;
    this.lineBytesMax = lineBytesMax;
    this.stripCarriageReturn = stripCarriageReturn;
  }

  /**
   * The next lines, at least one; null at the end. A line that is too long is reported only after the lines before it
   * have been handed out.
   *
   * @throws LineException when the next line is longer than allowed
   */
  @Nullable
  Lines next() throws IOException {
    while (!atEnd) {
      if (rest.length > lineBytesMax + 1) {
        throw tooLong();
      }
      byte[] bytes = Arrays.copyOf(rest, rest.length + READ_BYTES);
      int count = in.read(bytes, rest.length, READ_BYTES);
      if (count < 0) {
        atEnd = true;
        break;
      }
      Lines lines = cut(bytes, rest.length, rest.length + count);
      if (lines != null) {
        return lines;
      }
    }
    if (rest.length == 0) {
      return null;
    }
    Buffer last = line(Buffer.buffer(rest), 0, rest.length);
    if (last.length() > lineBytesMax) {
      throw tooLong();
    }
    rest = new byte[0];
    return new Lines(nextNumber++, List.of(last));
  }

  private @Nullable Lines cut(byte[] bytes, int from, int end) {
    Buffer shared = Buffer.buffer(bytes);
    List<Buffer> lines = new ArrayList<>();
    int start = 0;
    for (int i = from; i < end; i++) {
      if (bytes[i] != '\n') {
        continue;
      }
      Buffer line = line(shared, start, i);
      if (line.length() > lineBytesMax) {
        break;
      }
      lines.add(line);
      start = i + 1;
    }
    // A line that is too long stays at the front, and the next call meets it there.
    rest = Arrays.copyOfRange(bytes, start, end);
    if (lines.isEmpty()) {
      if (rest.length > lineBytesMax + 1) {
        throw tooLong();
      }
      return null;
    }
    long firstNumber = nextNumber;
    nextNumber += lines.size();
    return new Lines(firstNumber, lines);
  }

  private Buffer line(Buffer bytes, int start, int end) {
    boolean strip = stripCarriageReturn && end > start && bytes.getByte(end - 1) == '\r';
    return bytes.slice(start, strip ? end - 1 : end);
  }

  private LineException tooLong() {
    return new LineException(
        nextNumber,
        "is longer than " + lineBytesMax
            + " bytes; nothing behind it was sent (raise --record-bytes-max, or split the line)");
  }
}
