package io.streamhouse.cli;

import io.streamhouse.ProducerRecord;
import io.streamhouse.RecordHeader;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes records of lines.
 *
 * @param topic the topic
 * @param partition null: by key or load
 * @param headers of every record
 * @param keyRule where keys come from
 */
record RecordTemplate(
    String topic, @Nullable Integer partition, List<RecordHeader> headers, KeyRule keyRule) {
  RecordTemplate {
    headers = List.copyOf(headers);
  }

  /**
   * The record of a line.
   *
   * @throws IllegalArgumentException when the line has no key where it should
   */
  ProducerRecord record(Buffer line) {
    KeyRule.KeyAndValue parts = keyRule.apply(line);
    return new ProducerRecord(topic, partition, null, parts.key(), parts.value(), headers);
  }
}
