package io.streamhouse;

import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * A header of a record. Keys may repeat; order is kept.
 *
 * @param key any string
 * @param value null and empty are different values
 */
public record RecordHeader(String key, @Nullable Buffer value) {
  /** A header whose value is the UTF-8 form of a string. */
  public static RecordHeader of(String key, String value) {
    return new RecordHeader(key, Buffer.buffer(value));
  }
}
