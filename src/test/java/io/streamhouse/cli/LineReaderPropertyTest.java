package io.streamhouse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class LineReaderPropertyTest {
  @Property
  void joiningTheLinesGivesTheBytesBack(
      @ForAll @Size(max = 200) byte[] bytes, @ForAll @IntRange(min = 1, max = 50) int atOnce)
      throws IOException {
    LineReader reader = new LineReader(LineReaderTest.trickle(bytes, atOnce), 1_000, false);
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    for (Lines lines = reader.next(); lines != null; lines = reader.next()) {
      lines.lines().forEach(line -> {
        joined.writeBytes(line.getBytes());
        joined.write('\n');
      });
    }
    byte[] expected = bytes;
    if (bytes.length > 0 && bytes[bytes.length - 1] != '\n') {
      expected = java.util.Arrays.copyOf(bytes, bytes.length + 1);
      expected[bytes.length] = '\n';
    }
    assertThat(joined.toByteArray()).isEqualTo(expected);
  }
}
