package io.streamhouse;

/**
 * Where an acknowledged record is: stored, committed, and readable at this offset.
 *
 * @param topic the topic's name
 * @param partition from 0
 * @param offset the record's own offset, dense from 0
 * @param timestampMs the record's timestamp, milliseconds since 1970
 */
public record RecordMetadata(String topic, int partition, long offset, long timestampMs) {}
