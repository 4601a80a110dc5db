package io.streamhouse.record;

import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;
import org.apache.kafka.common.record.internal.RecordBatch;

/** Batches that Kafka's own classes write. */
final class KafkaBatches {
  static final int LEADER_EPOCH = 7;

  private KafkaBatches() {}

  static ByteBuffer write(
      List<TestRecord> records,
      Compression compression,
      long baseOffset,
      long producerId,
      int producerEpoch,
      int baseSequence) {
    MemoryRecordsBuilder builder = MemoryRecords.builder(
        ByteBuffer.allocate(1 << 10),
        RecordBatch.CURRENT_MAGIC_VALUE,
        kafkaCompression(compression),
        TimestampType.CREATE_TIME,
        baseOffset,
        RecordBatch.NO_TIMESTAMP,
        producerId,
        (short) producerEpoch,
        baseSequence,
        false,
        LEADER_EPOCH);
    for (TestRecord record : records) {
      builder.append(
          record.timestampMs(), record.keyBytes(), record.valueBytes(), record.kafkaHeaders());
    }
    return builder.build().buffer();
  }

  static org.apache.kafka.common.compress.Compression kafkaCompression(Compression compression) {
    return switch (compression) {
      case NONE -> org.apache.kafka.common.compress.Compression.NONE;
      case GZIP -> org.apache.kafka.common.compress.Compression.gzip().build();
      case SNAPPY -> org.apache.kafka.common.compress.Compression.snappy().build();
      case LZ4 -> org.apache.kafka.common.compress.Compression.lz4().build();
      case ZSTD -> org.apache.kafka.common.compress.Compression.zstd().build();
    };
  }
}
