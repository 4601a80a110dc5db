package io.streamhouse.record;

import io.streamhouse.RecordHeader;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sizes and bytes of a single record: length, attributes, timestamp delta, offset delta, key, value, headers. Source:
 * Kafka's protocol guide, "Record".
 */
final class RecordEncoder {
  private static final int ATTRIBUTES_BYTES = 1;
  private static final int NULL_LENGTH = -1;
  private static final int UTF8_BYTES_MAX = 3;

  private RecordEncoder() {}

  static int sizeMax(@Nullable Buffer key, @Nullable Buffer value, List<RecordHeader> headers) {
    long size = 5 * Varint.INT_BYTES_MAX
        + ATTRIBUTES_BYTES
        + Varint.LONG_BYTES_MAX
        + lengthOf(key)
        + lengthOf(value);
    for (int i = 0; i < headers.size(); i++) {
      RecordHeader header = headers.get(i);
      size += 2 * Varint.INT_BYTES_MAX
          + (long) UTF8_BYTES_MAX * header.key().length()
          + lengthOf(header.value());
    }
    return (int) Math.min(Integer.MAX_VALUE, size);
  }

  /** Bytes of a record behind its length. */
  static long bodySize(
      int offsetDelta,
      long timestampDelta,
      @Nullable Buffer key,
      @Nullable Buffer value,
      List<RecordHeader> headers) {
    long size = ATTRIBUTES_BYTES
        + Varint.sizeOf(timestampDelta)
        + Varint.sizeOf(offsetDelta)
        + sizeOf(key)
        + sizeOf(value)
        + Varint.sizeOf(headers.size());
    for (int i = 0; i < headers.size(); i++) {
      RecordHeader header = headers.get(i);
      long keySize = Utf8.sizeOf(header.key());
      size += Varint.sizeOf(keySize) + keySize + sizeOf(header.value());
    }
    return size;
  }

  /** Writes a record behind its length and returns the position behind it. */
  static int write(
      byte[] target,
      int position,
      int offsetDelta,
      long timestampDelta,
      @Nullable Buffer key,
      @Nullable Buffer value,
      List<RecordHeader> headers) {
    int at = position;
    target[at++] = 0;
    at = Varint.write(target, at, timestampDelta);
    at = Varint.write(target, at, offsetDelta);
    at = write(target, at, key);
    at = write(target, at, value);
    at = Varint.write(target, at, headers.size());
    for (int i = 0; i < headers.size(); i++) {
      RecordHeader header = headers.get(i);
      int keySize = (int) Utf8.sizeOf(header.key());
      at = Varint.write(target, at, keySize);
      at = Utf8.write(target, at, header.key(), keySize);
      at = write(target, at, header.value());
    }
    return at;
  }

  private static long lengthOf(@Nullable Buffer bytes) {
    return bytes == null ? 0 : bytes.length();
  }

  private static long sizeOf(@Nullable Buffer bytes) {
    if (bytes == null) {
      return Varint.sizeOf(NULL_LENGTH);
    }
    int length = bytes.length();
    return Varint.sizeOf(length) + (long) length;
  }

  private static int write(byte[] target, int position, @Nullable Buffer bytes) {
    if (bytes == null) {
      return Varint.write(target, position, NULL_LENGTH);
    }
    int length = bytes.length();
    int at = Varint.write(target, position, length);
    bytes.getBytes(0, length, target, at);
    return at + length;
  }
}
