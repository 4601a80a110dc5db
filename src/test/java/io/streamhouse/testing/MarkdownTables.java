package io.streamhouse.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The tables of a page of the documentation, so that tests can hold it against the code. */
public final class MarkdownTables {
  private static final Pattern HEADING = Pattern.compile("#+ +(.*)");
  private static final Pattern CODE = Pattern.compile("`([^`]*)`");

  private MarkdownTables() {}

  /** The rows of all tables below each heading, without their head, cell by cell; headings without backticks. */
  public static Map<String, List<List<String>>> read(Path page) {
    Map<String, List<List<String>>> tables = new LinkedHashMap<>();
    String heading = "";
    boolean inside = false;
    for (String line : lines(page)) {
      Matcher matcher = HEADING.matcher(line);
      if (matcher.matches()) {
        heading = matcher.group(1).replace("`", "").strip();
      } else if (line.startsWith("|---")) {
        inside = true;
      } else if (!line.startsWith("|")) {
        inside = false;
      } else if (inside) {
        tables.computeIfAbsent(heading, key -> new ArrayList<>()).add(cells(line));
      }
    }
    return tables;
  }

  /** The first text in backticks of a cell. */
  public static String code(String cell) {
    Matcher matcher = CODE.matcher(cell);
    if (!matcher.find()) {
      throw new IllegalArgumentException("nothing in backticks in '" + cell + "'");
    }
    return matcher.group(1);
  }

  private static List<String> cells(String line) {
    List<String> cells = new ArrayList<>();
    for (String cell : line.substring(1, line.lastIndexOf('|')).split("\\|", -1)) {
      cells.add(cell.strip());
    }
    return cells;
  }

  private static List<String> lines(Path page) {
    try {
      return Files.readAllLines(page);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
