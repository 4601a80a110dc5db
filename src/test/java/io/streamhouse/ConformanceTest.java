package io.streamhouse;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each of the 48 behaviours owed (docs/conformance.md) has a test that carries its number as a tag. */
class ConformanceTest {
  private static final int BEHAVIOURS = 48;
  private static final Pattern TAG = Pattern.compile("@Tag\\(\"seed-(\\d\\d)\"\\)");

  @Test
  void everyBehaviourOwedHasATestWithItsNumber() throws IOException {
    Set<String> tagged = new TreeSet<>();
    try (Stream<Path> sources = Files.walk(Path.of("src/test/java"))) {
      for (Path source :
          sources.filter(path -> path.toString().endsWith(".java")).toList()) {
        Matcher tags = TAG.matcher(read(source));
        while (tags.find()) {
          tagged.add(tags.group(1));
        }
      }
    }
    List<String> owed = IntStream.rangeClosed(1, BEHAVIOURS)
        .mapToObj("%02d"::formatted)
        .collect(Collectors.toList());
    assertThat(tagged).containsAll(owed);
  }

  private static String read(Path source) {
    try {
      return Files.readString(source);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
