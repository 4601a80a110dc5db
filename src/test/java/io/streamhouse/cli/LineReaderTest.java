package io.streamhouse.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LineReaderTest {
  /** Gives a few bytes at a time, as pipes do. */
  static InputStream trickle(byte[] bytes, int atOnce) {
    return new ByteArrayInputStream(bytes) {
      @Override
      public int read(byte[] target, int offset, int length) {
        return super.read(target, offset, Math.min(length, atOnce));
      }
    };
  }

  private static List<String> read(LineReader reader) throws IOException {
    List<String> all = new ArrayList<>();
    for (Lines lines = reader.next(); lines != null; lines = reader.next()) {
      assertThat(lines.firstNumber()).isEqualTo(all.size() + 1L);
      lines.lines().forEach(line -> all.add(line.toString(StandardCharsets.ISO_8859_1)));
    }
    return all;
  }

  private static List<String> read(String text, int atOnce) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    return read(new LineReader(trickle(bytes, atOnce), 100, false));
  }

  @Test
  void linesAreTheSameHoweverTheBytesArrive() throws IOException {
    for (int atOnce = 1; atOnce <= 12; atOnce++) {
      assertThat(read("one\ntwo\n\nfour\n", atOnce)).containsExactly("one", "two", "", "four");
    }
  }

  @Test
  void theLastLineNeedsNoLineFeed() throws IOException {
    assertThat(read("one\ntwo", 2)).containsExactly("one", "two");
    assertThat(read("one\n\n", 2)).containsExactly("one", "");
    assertThat(read("", 2)).isEmpty();
  }

  @Test
  void bytesThatAreNoTextPassUnchanged() throws IOException {
    String bytes = "\u0000\u00ff\u00fe\u0080\r\t";
    assertThat(read(bytes + "\n" + bytes, 1)).containsExactly(bytes, bytes);
  }

  @Test
  void carriageReturnsStayUnlessTheyAreToBeStripped() throws IOException {
    byte[] bytes = "a\r\nb\r\r\n\r\nc\r".getBytes(StandardCharsets.US_ASCII);
    assertThat(read(new LineReader(trickle(bytes, 3), 100, false)))
        .containsExactly("a\r", "b\r\r", "\r", "c\r");
    assertThat(read(new LineReader(trickle(bytes, 3), 100, true)))
        .containsExactly("a", "b\r", "", "c");
  }

  @Test
  void aLineThatIsTooLongIsReportedByNumberAfterTheLinesBeforeIt() throws IOException {
    for (int atOnce : new int[] {1, 7, 1_000}) {
      String text = "ok\n" + "x".repeat(101) + "\nnever\n";
      LineReader reader =
          new LineReader(trickle(text.getBytes(StandardCharsets.US_ASCII), atOnce), 100, false);
      assertThat(reader.next()).isEqualTo(new Lines(1, List.of(Buffer.buffer("ok"))));
      assertThatThrownBy(() -> {
            while (reader.next() != null) {
              assertThat(atOnce).isPositive();
            }
          })
          .isInstanceOf(LineException.class)
          .hasMessageStartingWith("line 2: is longer than 100 bytes");
    }
  }

  @Test
  void aLineOfExactlyTheLimitPasses() throws IOException {
    String line = "x".repeat(100);
    assertThat(read(line + "\n" + line, 33)).containsExactly(line, line);
  }

  @Test
  void anEndlessLineIsGivenUpWithoutReadingItAll() {
    InputStream endless = new InputStream() {
      private long given;

      @Override
      public int read() {
        given++;
        return 'x';
      }

      @Override
      public int read(byte[] target, int offset, int length) {
        given += length;
        assertThat(given).isLessThan(10L << 20);
        return length;
      }
    };
    assertThatThrownBy(() -> new LineReader(endless, 1 << 20, false).next())
        .isInstanceOf(LineException.class)
        .hasMessageStartingWith("line 1: ");
  }
}
