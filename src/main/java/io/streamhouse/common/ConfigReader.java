package io.streamhouse.common;

import io.streamhouse.ErrorCode;
import io.streamhouse.StreamHouseException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads an options class from JSON without letting anything slip: a key nobody asks for, a value of the wrong type and
 * a value that a setter refuses each end in an error with the key's whole path, what was given and what is allowed.
 * (Vert.x's generated converters ignore the first two.) Ask for every key once, then call {@link #finish()}.
 */
public final class ConfigReader {
  private static final int SUGGESTION_DISTANCE = 3;

  private final JsonObject json;
  private final String path;
  private final Set<String> known = new LinkedHashSet<>();

  /**
   * Creates a reader.
   *
   * @param path of this object in the whole configuration, empty at its root
   */
  public ConfigReader(JsonObject json, String path) {
    this.json = json;
    this.path = path;
  }

  /** Reads a string, if it is there. */
  public ConfigReader string(String key, Consumer<String> setter) {
    return read(key, "a string", String.class, setter);
  }

  /** Reads true or false, if it is there. */
  public ConfigReader bool(String key, Consumer<Boolean> setter) {
    return read(key, "true or false", Boolean.class, setter);
  }

  /** Reads a whole number, if it is there. */
  public ConfigReader integer(String key, IntConsumer setter) {
    return number(key, value -> {
      if (value != (int) value) {
        throw new IllegalArgumentException(key + " must be a 32-bit number");
      }
      setter.accept((int) value);
    });
  }

  /** Reads a whole number, if it is there. */
  public ConfigReader number(String key, LongConsumer setter) {
    return read(key, "a whole number", Number.class, value -> {
      if (value.doubleValue() != value.longValue()) {
        throw new IllegalArgumentException(key + " must be a whole number");
      }
      setter.accept(value.longValue());
    });
  }

  /** Reads a list of strings, if it is there. */
  public ConfigReader strings(String key, Consumer<List<String>> setter) {
    return read(key, "a list of strings", JsonArray.class, array -> {
      List<String> values = new ArrayList<>();
      for (Object value : array) {
        if (!(value instanceof String text)) {
          throw new IllegalArgumentException(key + " must be a list of strings");
        }
        values.add(text);
      }
      setter.accept(values);
    });
  }

  /** Reads a list of whole numbers, if it is there. */
  public ConfigReader integers(String key, Consumer<List<Integer>> setter) {
    return read(key, "a list of whole numbers", JsonArray.class, array -> {
      List<Integer> values = new ArrayList<>();
      for (Object value : array) {
        if (!(value instanceof Integer number)) {
          throw new IllegalArgumentException(key + " must be a list of whole numbers");
        }
        values.add(number);
      }
      setter.accept(values);
    });
  }

  /** Reads an object whose keys and values are whole numbers, if it is there. */
  public ConfigReader numbersByNumber(String key, Consumer<Map<Integer, Long>> setter) {
    return read(key, "an object", JsonObject.class, object -> {
      Map<Integer, Long> values = new TreeMap<>();
      for (Map.Entry<String, Object> entry : object) {
        if (!entry.getKey().matches("[0-9]{1,9}")
            || !(entry.getValue() instanceof Integer || entry.getValue() instanceof Long)) {
          throw new IllegalArgumentException(
              key + " must map whole numbers to whole numbers, as in {\"0\": 100}");
        }
        values.put(Integer.valueOf(entry.getKey()), ((Number) entry.getValue()).longValue());
      }
      setter.accept(values);
    });
  }

  /** Reads an object with options of its own, if it is there. */
  public ConfigReader object(String key, Consumer<ConfigReader> setter) {
    known.add(key);
    Object value = json.getValue(key);
    if (value == null) {
      return this;
    }
    if (!(value instanceof JsonObject child)) {
      throw refused(key, value, "must be an object");
    }
    setter.accept(new ConfigReader(child, pathOf(key)));
    return this;
  }

  /** Refuses keys that nobody asked for. */
  public void finish() {
    for (String key : json.fieldNames()) {
      if (!known.contains(key)) {
        throw StreamHouseException.of(
            ErrorCode.INVALID_CONFIGURATION,
            "unknown option " + pathOf(TopicNames.printable(key)) + suggestion(key));
      }
    }
  }

  private <T> ConfigReader read(String key, String allowed, Class<T> type, Consumer<T> setter) {
    known.add(key);
    if (!json.containsKey(key)) {
      return this;
    }
    Object value = json.getValue(key);
    if (!type.isInstance(value)) {
      throw refused(key, value, "must be " + allowed);
    }
    try {
      setter.accept(type.cast(value));
    } catch (IllegalArgumentException e) {
      throw refused(key, value, String.valueOf(e.getMessage()));
    }
    return this;
  }

  private StreamHouseException refused(String key, @Nullable Object value, String reason) {
    String given = value instanceof String
        ? "\"" + TopicNames.printable((String) value) + "\""
        : String.valueOf(value);
    return StreamHouseException.of(
        ErrorCode.INVALID_CONFIGURATION,
        "option " + pathOf(key) + ": " + reason + ", but it is " + given);
  }

  private String pathOf(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  private String suggestion(String key) {
    return known.stream()
        .filter(candidate -> distance(key, candidate) <= SUGGESTION_DISTANCE)
        .min(Comparator.comparingInt(candidate -> distance(key, candidate)))
        .map(candidate -> ", did you mean " + pathOf(candidate) + "?")
        .orElse("; known are " + String.join(", ", known));
  }

  /** Levenshtein's distance, without regard to case. */
  private static int distance(String left, String right) {
    String a = left.toLowerCase(Locale.ROOT);
    String b = right.toLowerCase(Locale.ROOT);
    int[] previous = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] current = new int[b.length() + 1];
      current[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substitution = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        current[j] = Math.min(substitution, Math.min(previous[j], current[j - 1]) + 1);
      }
      previous = current;
    }
    return previous[b.length()];
  }
}
