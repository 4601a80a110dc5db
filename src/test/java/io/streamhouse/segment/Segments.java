package io.streamhouse.segment;

import io.streamhouse.RecordHeader;
import io.streamhouse.common.PartitionId;
import io.streamhouse.record.Compression;
import io.streamhouse.record.RecordBatch;
import io.streamhouse.record.RecordBatchBuilder;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;

/** Segments for tests. */
final class Segments {
  static final long TIME = 1_700_000_000_000L;
  static final SegmentHeader HEADER =
      new SegmentHeader(new UUID(1, 2), new UUID(3, 4), new UUID(-5, -6));
  static final PartitionId ORDERS_0 = new PartitionId(new UUID(7, 8), 0);
  static final PartitionId EVENTS_5 = new PartitionId(new UUID(-9, -10), 5);

  private Segments() {}

  /** Two partitions, three batches. */
  static WrittenSegment small() {
    SegmentWriter writer = new SegmentWriter(HEADER);
    writer.addChunk(
        ORDERS_0,
        3,
        List.of(
            batch(100, 3, 2, Compression.NONE, TIME + 50),
            batch(102, 3, 40, Compression.LZ4, TIME)));
    writer.addChunk(EVENTS_5, 0, List.of(batch(0, 0, 1, Compression.NONE, TIME + 9)));
    return writer.finish();
  }

  static RecordBatch batch(
      long baseOffset, int epoch, int records, Compression compression, long timeMs) {
    RecordBatchBuilder builder = new RecordBatchBuilder(0, 1 << 20);
    for (int i = 0; i < records; i++) {
      builder.tryAppend(
          timeMs + i,
          Buffer.buffer("key " + (baseOffset + i)),
          Buffer.buffer("value of offset " + (baseOffset + i)),
          List.of(RecordHeader.of("source", "test")));
    }
    RecordBatch batch = RecordBatch.at(builder.build(compression), 0);
    batch.stampProducer(4711, 2, 10);
    batch.stampOffset(baseOffset, epoch);
    return batch;
  }

  /** Its bytes in one piece. */
  static ByteBuffer join(WrittenSegment segment) {
    ByteBuffer object = ByteBuffer.allocate(Math.toIntExact(segment.sizeBytes()));
    segment.parts().forEach(part -> object.put(part.duplicate()));
    return object.flip();
  }
}
