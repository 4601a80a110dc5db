package io.streamhouse.cli;

import io.streamhouse.RecordHeader;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Bytes in JSON: as a string where they are UTF-8, else in base64 and marked as such. */
final class Json {
  private Json() {}

  /** Puts bytes under a name; other than UTF-8 under {@code <name>Base64}. */
  static void putBytes(JsonObject json, String name, @Nullable Buffer bytes) {
    if (bytes == null) {
      json.putNull(name);
      return;
    }
    try {
      json.put(
          name,
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(bytes.getBytes()))
              .toString());
    } catch (CharacterCodingException e) {
      json.put(name + "Base64", Base64.getEncoder().encodeToString(bytes.getBytes()));
    }
  }

  static JsonArray headers(List<RecordHeader> headers) {
    JsonArray array = new JsonArray();
    for (RecordHeader header : headers) {
      JsonObject json = new JsonObject().put("key", header.key());
      putBytes(json, "value", header.value());
      array.add(json);
    }
    return array;
  }
}
