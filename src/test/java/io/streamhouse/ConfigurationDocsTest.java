package io.streamhouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.streamhouse.agent.AgentOptions;
import io.streamhouse.metadata.postgres.PostgresOptions;
import io.streamhouse.storage.s3.S3Options;
import io.streamhouse.testing.MarkdownTables;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds docs/configuration.md and the files of conf/ against the options classes. */
class ConfigurationDocsTest {
  private static final Path PAGE = Path.of("docs/configuration.md");
  private static final Map<String, List<List<String>>> TABLES = MarkdownTables.read(PAGE);
  private static final String NO_KEY = "noOptionHasThisName";
  private static final Pattern RANGE =
      Pattern.compile("(?:each )?([\\d,]+)( KiB| MiB| GiB)? to ([\\d,]+)( KiB| MiB| GiB)?");
  private static final Pattern KNOWN = Pattern.compile("known are (.*)$");

  /** An options class: its heading, how it is read, what it is by default. */
  private record Options(String heading, Consumer<JsonObject> reader, JsonObject defaults) {
    @Override
    public String toString() {
      return heading;
    }
  }

  /** A row of a table. */
  private record Key(String name, String type, String defaultValue, String range) {
    static Key of(List<String> row) {
      return new Key(MarkdownTables.code(row.get(0)), row.get(1), row.get(2), row.get(3));
    }

    boolean isUnset() {
      return defaultValue.equals("*unset*");
    }
  }

  static Stream<Options> options() {
    JsonObject agent = new AgentOptions().toJson();
    return Stream.of(
        new Options("AgentOptions", AgentOptions::new, agent),
        new Options("metadata", inAgent("metadata"), new PostgresOptions().toJson()),
        new Options("storage", inAgent("storage"), agent.getJsonObject("storage")),
        new Options("storage.s3", inAgent("storage", "s3"), new S3Options().toJson()),
        new Options("storage.file", inAgent("storage", "file"), new JsonObject()),
        new Options("ProducerOptions", ProducerOptions::new, new ProducerOptions().toJson()),
        new Options("ConsumerOptions", ConsumerOptions::new, new ConsumerOptions().toJson()),
        new Options("AdminOptions", AdminOptions::new, new AdminOptions().toJson()));
  }

  private static Consumer<JsonObject> inAgent(String... path) {
    return json -> {
      JsonObject whole = json;
      for (int i = path.length - 1; i >= 0; i--) {
        whole = new JsonObject().put(path[i], whole);
      }
      new AgentOptions(whole);
    };
  }

  private static List<Key> documented(Options options) {
    assertThat(TABLES).as("headings of " + PAGE).containsKey(options.heading);
    return TABLES.get(options.heading).stream().map(Key::of).toList();
  }

  /** The refusal of an unknown key lists all that are known. */
  private static List<String> known(Options options) {
    StreamHouseException refusal = catchThrowableOfType(
        StreamHouseException.class, () -> options.reader.accept(new JsonObject().put(NO_KEY, 1)));
    Matcher matcher = KNOWN.matcher(String.valueOf(refusal.getMessage()));
    assertThat(matcher.find()).as(refusal.getMessage()).isTrue();
    return Arrays.asList(matcher.group(1).split(", "));
  }

  @ParameterizedTest
  @MethodSource("options")
  void everyKeyIsDocumentedAndEveryDocumentedKeyExists(Options options) {
    assertThat(documented(options).stream().map(Key::name))
        .containsExactlyInAnyOrderElementsOf(known(options));
  }

  @ParameterizedTest
  @MethodSource("options")
  void everyDocumentedDefaultIsTheOneInTheCode(Options options) {
    for (Key key : documented(options)) {
      Object actual = options.defaults.getValue(key.name);
      if (key.isUnset()) {
        assertThat(actual).as(key.name).isNull();
      } else if (key.defaultValue.equals("*generated*")) {
        assertThat(actual).as(key.name).isNotEqualTo(new AgentOptions().getAgentId());
      } else if (key.defaultValue.isEmpty()) {
        assertThat(actual).as(key.name).isInstanceOf(JsonObject.class);
      } else {
        String code = MarkdownTables.code(key.defaultValue);
        assertThat(Json.encode(actual)).as(key.name).isEqualTo(code);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("options")
  void everyDocumentedTypeIsTheOneTheCodeAsksFor(Options options) {
    for (Key key : documented(options)) {
      boolean list = key.type.startsWith("list");
      Object wrong = list ? new JsonArray().add(new JsonObject()) : new JsonArray();
      assertThatThrownBy(() -> options.reader.accept(new JsonObject().put(key.name, wrong)))
          .as(key.name)
          .isInstanceOf(StreamHouseException.class)
          .hasMessageContaining(key.name)
          .hasMessageContaining("must be ")
          .hasMessageContaining(key.type);
    }
  }

  @ParameterizedTest
  @MethodSource("options")
  void everyDocumentedRangeEndsWhereTheCodeSaysSo(Options options) {
    for (Key key : documented(options)) {
      Matcher range = RANGE.matcher(key.range);
      if (!range.matches()) {
        assertThat(key.type.equals("whole number") && key.range.isEmpty())
            .as("a number without a range: " + key.name)
            .isFalse();
        continue;
      }
      long min = number(range.group(1), range.group(2));
      long max = number(range.group(3), range.group(4));
      assertThatCode(() -> set(options, key, min)).as(key.name).doesNotThrowAnyException();
      assertThatCode(() -> set(options, key, max)).as(key.name).doesNotThrowAnyException();
      assertRefused(options, key, min - 1);
      assertRefused(options, key, max + 1);
    }
  }

  private static void assertRefused(Options options, Key key, long value) {
    assertThatThrownBy(() -> set(options, key, value))
        .as(key.name + " = " + value)
        .isInstanceOf(StreamHouseException.class)
        .hasMessageContaining(key.name);
  }

  private static void set(Options options, Key key, long value) {
    // As the JSON parser gives it: a number that fits is an Integer.
    Object number = Json.decodeValue(Long.toString(value));
    Object given = key.type.startsWith("list") ? new JsonArray().add(number) : number;
    options.reader.accept(new JsonObject().put(key.name, given));
  }

  private static long number(String digits, String unit) {
    int shift =
        switch (unit == null ? "" : unit.strip()) {
          case "KiB" -> 10;
          case "MiB" -> 20;
          case "GiB" -> 30;
          default -> 0;
        };
    return Long.parseLong(digits.replace(",", "")) << shift;
  }

  @Test
  void theVariableForThePasswordIsDocumented() {
    assertThat(TABLES.get("Environment variables").stream().map(row -> row.get(0)))
        .contains("`" + AgentOptions.PASSWORD_VARIABLE + "`");
  }

  @Test
  void theAgentFileIsReadAndHoldsNoSecret() throws IOException {
    JsonObject json = file("conf/agent.json");
    AgentOptions options = new AgentOptions(json).validate();
    assertThat(options.getMetadata().hasPassword()).isFalse();
    assertThat(options.getStorage().getS3().getSecretAccessKey()).isNull();
    assertThat(options.getStorage().getS3().getBucket()).isNotEmpty();
  }

  @Test
  void theAgentFileHasTheDefaultsButForItsAddresses() throws IOException {
    JsonObject json = file("conf/agent.json");
    JsonObject defaults = new AgentOptions().toJson();
    for (String key : json.fieldNames()) {
      if (!key.equals("metadata") && !key.equals("storage")) {
        assertThat(Json.encode(json.getValue(key)))
            .as(key)
            .isEqualTo(Json.encode(defaults.getValue(key)));
      }
    }
  }

  @Test
  void theProducerFileIsReadAndHasTheDefaults() throws IOException {
    ProducerOptions options = new ProducerOptions(file("conf/producer.json"));
    options.validate();
    assertThat(options).isEqualTo(new ProducerOptions());
  }

  @Test
  void theVertxFileHasOnlyKeysThatVertxKnows() throws IOException {
    JsonObject json = file("conf/vertx-options.json");
    JsonObject read = new VertxOptions(json).toJson();
    json.forEach(entry ->
        assertThat(read.getValue(entry.getKey())).as(entry.getKey()).isEqualTo(entry.getValue()));
    assertThat(TABLES.get("Vert.x").stream().map(row -> MarkdownTables.code(row.get(0))))
        .containsExactlyElementsOf(json.fieldNames());
  }

  private static JsonObject file(String name) throws IOException {
    return new JsonObject(Files.readString(Path.of(name)));
  }
}
