package io.streamhouse.cli;

import io.streamhouse.ConsumerRecord;
import io.streamhouse.RecordHeader;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.stream.Collectors;

/**
 * Turns records into lines of output. Values and keys go out as the bytes they are; null ones as nothing, which only
 * JSON tells from empty ones.
 *
 * @param json one JSON object a record, whatever the other fields say
 * @param partition print it first
 * @param offset print it next
 * @param timestamp print it next
 * @param headers print them next
 * @param key print it before the value
 * @param separator between all of these
 */
record RecordPrinter(
    boolean json,
    boolean partition,
    boolean offset,
    boolean timestamp,
    boolean headers,
    boolean key,
    byte separator) {
  void print(ConsumerRecord record, Buffer output) {
    if (json) {
      output.appendString(toJson(record).encode());
    } else {
      printFields(record, output);
    }
    output.appendByte((byte) '\n');
  }

  private void printFields(ConsumerRecord record, Buffer output) {
    if (partition) {
      output.appendString(Integer.toString(record.partition())).appendByte(separator);
    }
    if (offset) {
      output.appendString(Long.toString(record.offset())).appendByte(separator);
    }
    if (timestamp) {
      output.appendString(Instant.ofEpochMilli(record.timestampMs()).toString());
      output.appendByte(separator);
    }
    if (headers) {
      output.appendString(record.headers().stream()
          .map(RecordPrinter::headerText)
          .collect(Collectors.joining(",")));
      output.appendByte(separator);
    }
    if (key) {
      if (record.key() != null) {
        output.appendBuffer(record.key());
      }
      output.appendByte(separator);
    }
    if (record.value() != null) {
      output.appendBuffer(record.value());
    }
  }

  private static String headerText(RecordHeader header) {
    Buffer value = header.value();
    return header.key() + "=" + (value == null ? "" : value.toString(StandardCharsets.UTF_8));
  }

  private static JsonObject toJson(ConsumerRecord record) {
    JsonObject json = new JsonObject()
        .put("topic", record.topic())
        .put("partition", record.partition())
        .put("offset", record.offset())
        .put("timestampMs", record.timestampMs());
    Json.putBytes(json, "key", record.key());
    Json.putBytes(json, "value", record.value());
    return json.put("headers", Json.headers(record.headers()));
  }
}
