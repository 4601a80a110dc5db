package io.streamhouse.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reads configuration files. Every way in which one can be wrong ends the command with exit code 2. */
final class ConfigFile {
  private static final long SIZE_MAX = 1 << 20;
  private static final JsonFactory STRICT =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private ConfigFile() {}

  /** The JSON object in a file. */
  static JsonObject read(Path file) {
    byte[] bytes = bytes(file);
    try (JsonParser parser = STRICT.createParser(bytes)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw CommandFailure.usage(file + " must hold one JSON object: { … }");
      }
      parser.skipChildren();
      if (parser.nextToken() != null) {
        throw wrong(file, parser.currentLocation(), "there is something behind the end");
      }
    } catch (JsonProcessingException e) {
      throw wrong(file, e.getLocation(), e.getOriginalMessage());
    } catch (IOException e) {
      throw CommandFailure.usage(file + " cannot be read: " + e.getMessage(), e);
    }
    String text = new String(bytes, StandardCharsets.UTF_8);
    return new JsonObject(Buffer.buffer(text.startsWith("\ufeff") ? text.substring(1) : text));
  }

  /** Options of Vert.x in a file. Vert.x would ignore a key that it does not know; here it is refused. */
  static VertxOptions readVertxOptions(Path file) {
    JsonObject given = read(file);
    refuseUnknown(file, "", given, new VertxOptions().toJson());
    try {
      return new VertxOptions(given);
    } catch (IllegalArgumentException | ClassCastException e) {
      throw CommandFailure.usage(file + ": " + e.getMessage(), e);
    }
  }

  private static void refuseUnknown(Path file, String path, JsonObject given, JsonObject known) {
    for (String key : given.fieldNames()) {
      if (!known.containsKey(key)) {
        throw CommandFailure.usage(file + ": Vert.x has no option " + path + key + "; known are "
            + String.join(", ", known.fieldNames()));
      }
      if (given.getValue(key) instanceof JsonObject inner
          && known.getValue(key) instanceof JsonObject all) {
        refuseUnknown(file, path + key + ".", inner, all);
      }
    }
  }

  private static byte[] bytes(Path file) {
    try {
      if (Files.size(file) > SIZE_MAX) {
        throw CommandFailure.usage(file + " is larger than " + SIZE_MAX + " bytes");
      }
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw CommandFailure.usage(file + " does not exist", e);
    } catch (IOException e) {
      throw CommandFailure.usage(file + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static CommandFailure wrong(Path file, JsonLocation where, String what) {
    return CommandFailure.usage(file + " is not valid JSON at line " + where.getLineNr()
        + ", column " + where.getColumnNr() + ": " + what);
  }
}
