package io.streamhouse.record;

import io.streamhouse.RecordHeader;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.record.internal.Record;

/** A record in neither Kafka's nor our form, to compare both with. */
record TestRecord(long timestampMs, List<Byte> key, List<Byte> value, List<TestHeader> headers) {
  record TestHeader(String key, List<Byte> value) {}

  static TestRecord of(LogRecord record) {
    return new TestRecord(
        record.timestampMs(),
        list(record.key()),
        list(record.value()),
        record.headers().stream()
            .map(header -> new TestHeader(header.key(), list(header.value())))
            .toList());
  }

  static TestRecord of(Record record) {
    return new TestRecord(
        record.timestamp(),
        list(record.key()),
        list(record.value()),
        Arrays.stream(record.headers())
            .map(header -> new TestHeader(header.key(), list(header.value())))
            .toList());
  }

  boolean appendTo(RecordBatchBuilder builder) {
    return builder.tryAppend(timestampMs, buffer(key), buffer(value), recordHeaders());
  }

  List<RecordHeader> recordHeaders() {
    return headers.stream()
        .map(header -> new RecordHeader(header.key(), buffer(header.value())))
        .toList();
  }

  Header[] kafkaHeaders() {
    return headers.stream()
        .map(header -> new org.apache.kafka.common.header.internals.RecordHeader(
            header.key(), bytes(header.value())))
        .toArray(Header[]::new);
  }

  byte[] keyBytes() {
    return bytes(key);
  }

  byte[] valueBytes() {
    return bytes(value);
  }

  private static Buffer buffer(List<Byte> list) {
    return list == null ? null : Buffer.buffer(bytes(list));
  }

  private static byte[] bytes(List<Byte> list) {
    if (list == null) {
      return null;
    }
    byte[] bytes = new byte[list.size()];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = list.get(i);
    }
    return bytes;
  }

  private static List<Byte> list(Buffer buffer) {
    return buffer == null ? null : list(buffer.getBytes());
  }

  private static List<Byte> list(ByteBuffer buffer) {
    if (buffer == null) {
      return null;
    }
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return list(bytes);
  }

  private static List<Byte> list(byte[] bytes) {
    if (bytes == null) {
      return null;
    }
    List<Byte> list = new ArrayList<>(bytes.length);
    for (byte b : bytes) {
      list.add(b);
    }
    return list;
  }
}
