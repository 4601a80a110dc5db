package io.streamhouse.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Where the key of a line comes from. */
sealed interface KeyRule {
  /**
   * Splits a line.
   *
   * @throws IllegalArgumentException when the line has no key where it should; the message says why
   */
  KeyAndValue apply(Buffer line);

  /** The two parts of a line. */
  record KeyAndValue(@Nullable Buffer key, Buffer value) {}

  /** No keys. */
  record None() implements KeyRule {
    @Override
    public KeyAndValue apply(Buffer line) {
      return new KeyAndValue(null, line);
    }
  }

  /**
   * The bytes before the first separator are the key, those behind it the value.
   *
   * @param separator one byte
   */
  record Separator(byte separator) implements KeyRule {
    @Override
    public KeyAndValue apply(Buffer line) {
      for (int i = 0; i < line.length(); i++) {
        if (line.getByte(i) == separator) {
          return new KeyAndValue(line.slice(0, i), line.slice(i + 1, line.length()));
        }
      }
      throw new IllegalArgumentException(
          "has no key separator '" + (char) separator + "' (every line needs one)");
    }
  }

  /**
   * A top-level field of a JSON object is the key: a string's text in UTF-8, a number or boolean as it is written. The
   * value is the whole line. A line without the field, or with null there, has no key.
   *
   * @param name of the field
   */
  record Field(String name) implements KeyRule {
    private static final JsonFactory JSON = new JsonFactory();

    @Override
    public KeyAndValue apply(Buffer line) {
      try (JsonParser parser = JSON.createParser(line.getBytes())) {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
          throw new IllegalArgumentException("is not a JSON object (as --key-field needs)");
        }
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
          boolean wanted = parser.currentName().equals(name);
          JsonToken value = parser.nextToken();
          if (wanted) {
            return new KeyAndValue(key(parser, value), line);
          }
          parser.skipChildren();
        }
        return new KeyAndValue(null, line);
      } catch (IOException e) {
        throw new IllegalArgumentException(
            "is not valid JSON (as --key-field needs): " + firstLine(e.getMessage()), e);
      }
    }

    private @Nullable Buffer key(JsonParser parser, @Nullable JsonToken value) throws IOException {
      if (value == JsonToken.VALUE_NULL) {
        return null;
      }
      if (value == null || !value.isScalarValue()) {
        throw new IllegalArgumentException(
            "field '" + name + "' is an object or array, which cannot be a key");
      }
      return Buffer.buffer(parser.getText());
    }

    private static String firstLine(@Nullable String message) {
      return String.valueOf(message).lines().findFirst().orElse("");
    }
  }
}
