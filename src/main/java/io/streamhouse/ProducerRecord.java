package io.streamhouse;

import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A record to be sent. The buffers are read when the record is sent, not copied before: do not change them until its
 * future completes.
 *
 * @param topic the topic's name
 * @param partition the partition to write to; null: chosen by key, or by load when there is no key
 * @param timestampMs milliseconds since 1970; null: the time of {@code send}
 * @param key null and empty are different keys
 * @param value null and empty are different values
 * @param headers in order
 */
public record ProducerRecord(
    String topic,
    @Nullable Integer partition,
    @Nullable Long timestampMs,
    @Nullable Buffer key,
    @Nullable Buffer value,
    List<RecordHeader> headers) {
  public ProducerRecord {
    Objects.requireNonNull(topic, "topic");
    headers = List.copyOf(headers);
  }

  /** A record without a key. */
  public static ProducerRecord of(String topic, @Nullable Buffer value) {
    return new ProducerRecord(topic, null, null, null, value, List.of());
  }

  /** A record with a key. */
  public static ProducerRecord of(String topic, @Nullable Buffer key, @Nullable Buffer value) {
    return new ProducerRecord(topic, null, null, key, value, List.of());
  }

  /** A record without a key, its value the UTF-8 form of a string. */
  public static ProducerRecord of(String topic, String value) {
    return of(topic, Buffer.buffer(value));
  }

  /** A record whose key and value are the UTF-8 forms of strings. */
  public static ProducerRecord of(String topic, String key, String value) {
    return of(topic, Buffer.buffer(key), Buffer.buffer(value));
  }

  /** This record, for a given partition. */
  public ProducerRecord withPartition(int partition) {
    return new ProducerRecord(topic, partition, timestampMs, key, value, headers);
  }

  /** This record, with a timestamp in milliseconds since 1970. */
  public ProducerRecord withTimestampMs(long timestampMs) {
    return new ProducerRecord(topic, partition, timestampMs, key, value, headers);
  }

  /** This record, with these headers instead of its own. */
  public ProducerRecord withHeaders(List<RecordHeader> headers) {
    return new ProducerRecord(topic, partition, timestampMs, key, value, headers);
  }
}
