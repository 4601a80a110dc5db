package io.streamhouse.segment;

import static io.streamhouse.segment.Segments.ORDERS_0;
import static io.streamhouse.segment.Segments.TIME;
import static io.streamhouse.segment.Segments.batch;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.streamhouse.record.Compression;
import io.streamhouse.record.RecordBatch;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class SegmentWriterTest {
  private final SegmentWriter writer = new SegmentWriter(Segments.HEADER);

  @Test
  void batchesAreSharedNotCopied() {
    RecordBatch batch = batch(0, 1, 3, Compression.NONE, TIME);
    writer.addChunk(ORDERS_0, 1, List.of(batch));

    WrittenSegment segment = writer.finish();

    assertThat(segment.parts()).hasSize(3);
    assertThat(segment.parts().get(1).array()).isSameAs(batch.bytes().array());
    assertThat(segment.sizeBytes())
        .isEqualTo(segment.parts().stream().mapToLong(ByteBuffer::remaining).sum());
  }

  @Test
  void theSizeGrowsWithEachChunk() {
    RecordBatch batch = batch(0, 1, 3, Compression.NONE, TIME);
    assertThat(writer.sizeBytes()).isEqualTo(SegmentHeader.BYTES);

    writer.addChunk(ORDERS_0, 1, List.of(batch));

    assertThat(writer.sizeBytes()).isEqualTo(SegmentHeader.BYTES + batch.sizeBytes());
  }

  @Test
  void aGapBetweenBatchesIsRefusedAndAddsNothing() {
    List<RecordBatch> batches =
        List.of(batch(0, 1, 3, Compression.NONE, TIME), batch(4, 1, 3, Compression.NONE, TIME));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> writer.addChunk(ORDERS_0, 1, batches))
        .withMessageEndingWith("a batch at offset 4 follows one that ends with 2");
    assertThat(writer.sizeBytes()).isEqualTo(SegmentHeader.BYTES);
    assertThatIllegalStateException().isThrownBy(writer::finish);
  }

  @Test
  void aBatchStampedWithAnotherEpochIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> writer.addChunk(ORDERS_0, 2, List.of(batch(0, 1, 3, Compression.NONE, TIME))))
        .withMessageEndingWith("the batch at offset 0 has leader epoch 1, not 2");
  }

  @Test
  void aBatchThatIsNotStampedIsRefused() {
    RecordBatch batch = batch(0, -1, 3, Compression.NONE, TIME);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> writer.addChunk(ORDERS_0, -1, List.of(batch)))
        .withMessageContaining("epoch -1");
  }

  @Test
  void aBatchWhoseCountAndOffsetsDifferIsRefused() {
    RecordBatch batch = batch(0, 1, 3, Compression.NONE, TIME);
    batch.bytes().putInt(57, 4);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> writer.addChunk(ORDERS_0, 1, List.of(batch)))
        .withMessageEndingWith("the batch at offsets 0 to 2 claims 4 records");
  }

  @Test
  void aChunkOfMoreRecordsThanItsEntryCanSayIsRefused() {
    RecordBatch huge = batch(0, 1, 1, Compression.NONE, TIME);
    huge.bytes().putInt(23, Integer.MAX_VALUE - 1).putInt(57, Integer.MAX_VALUE);
    List<RecordBatch> batches =
        List.of(huge, batch(Integer.MAX_VALUE, 1, 1, Compression.NONE, TIME));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> writer.addChunk(ORDERS_0, 1, batches))
        .withMessageEndingWith("it has more than 2147483647 records or bytes");
  }

  @Test
  void aChunkWithoutBatchesIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> writer.addChunk(ORDERS_0, 1, List.of()))
        .withMessageEndingWith("without batches");
  }

  @Test
  void aFinishedSegmentTakesNoMore() {
    writer.addChunk(ORDERS_0, 1, List.of(batch(0, 1, 3, Compression.NONE, TIME)));
    writer.finish();

    assertThatIllegalStateException().isThrownBy(writer::finish);
    assertThatIllegalStateException()
        .isThrownBy(
            () -> writer.addChunk(ORDERS_0, 1, List.of(batch(3, 1, 3, Compression.NONE, TIME))));
  }
}
