package io.streamhouse.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamhouse.record.InvalidBatchException.Kind;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RecordBatchTest {
  private static final int UNLIMITED = 64 << 20;

  @Test
  void aChunkSplitsIntoItsBatchesWhereverItLiesInItsBuffer() {
    ByteBuffer first = Forge.valid(3, Compression.NONE);
    ByteBuffer second = Forge.valid(50, Compression.LZ4);
    ByteBuffer chunk = ByteBuffer.allocate(100 + first.limit() + second.limit());
    chunk.position(60).put(first.duplicate()).put(second.duplicate());
    chunk.flip().position(60);

    List<RecordBatch> batches = RecordBatch.split(chunk.order(ByteOrder.LITTLE_ENDIAN));

    assertThat(batches).extracting(RecordBatch::recordCount).containsExactly(3, 50);
    assertThat(batches)
        .extracting(RecordBatch::sizeBytes)
        .containsExactly(first.limit(), second.limit());
    assertThat(chunk.position()).isEqualTo(60);
    assertThat(RecordBatch.split(ByteBuffer.allocate(0))).isEmpty();
  }

  @Test
  void aChunkWhoseLastBatchIsCutOffDoesNotSplit() {
    ByteBuffer batch = Forge.valid(3, Compression.NONE);
    for (int length = 1; length < batch.limit(); length++) {
      ByteBuffer cut = batch.slice(0, length);
      assertThatExceptionOfType(InvalidBatchException.class)
          .isThrownBy(() -> RecordBatch.split(cut))
          .withMessageContaining("truncated");
    }
  }

  @Test
  void stampingOffsetAndEpochLeavesTheCrcValid() {
    RecordBatch batch = RecordBatch.at(Forge.valid(3, Compression.ZSTD), 0);

    batch.stampOffset(1L << 40, 17);

    assertThat(batch.hasValidCrc()).isTrue();
    assertThat(batch.baseOffset()).isEqualTo(1L << 40);
    assertThat(batch.lastOffset()).isEqualTo((1L << 40) + 2);
    assertThat(batch.leaderEpoch()).isEqualTo(17);
    assertThat(batch.records(UNLIMITED))
        .extracting(LogRecord::offset)
        .containsExactly(1L << 40, (1L << 40) + 1, (1L << 40) + 2);
  }

  @Test
  void stampingTheProducerMakesTheCrcRight() {
    RecordBatch batch = RecordBatch.at(Forge.valid(3, Compression.NONE), 0);

    batch.stampProducer(1L << 40, Short.MAX_VALUE, Integer.MAX_VALUE - 1);

    assertThat(batch.hasValidCrc()).isTrue();
    assertThat(batch.producerId()).isEqualTo(1L << 40);
    assertThat(batch.producerEpoch()).isEqualTo(Short.MAX_VALUE);
    assertThat(batch.baseSequence()).isEqualTo(Integer.MAX_VALUE - 1);
    assertThat(batch.lastSequence()).isZero();
    BatchValidator.validate(batch.bytes(), BatchLimits.DEFAULT);
  }

  @Test
  void anEpochBeyond16BitsIsRefusedBeforeAnythingChanges() {
    RecordBatch batch = RecordBatch.at(Forge.valid(3, Compression.NONE), 0);

    assertThatIllegalArgumentException().isThrownBy(() -> batch.stampProducer(1, 1 << 15, 0));
    assertThat(batch.producerId()).isEqualTo(-1);
  }

  @Test
  void sequencesGoOnWithZeroAfterTheLast() {
    assertThat(RecordBatch.incrementSequence(5, 3)).isEqualTo(8);
    assertThat(RecordBatch.incrementSequence(Integer.MAX_VALUE - 1, 1))
        .isEqualTo(Integer.MAX_VALUE);
    assertThat(RecordBatch.incrementSequence(Integer.MAX_VALUE, 1)).isZero();
    assertThat(RecordBatch.incrementSequence(Integer.MAX_VALUE, 10)).isEqualTo(9);
    assertThat(RecordBatch.incrementSequence(Integer.MAX_VALUE, Integer.MAX_VALUE))
        .isEqualTo(Integer.MAX_VALUE - 1);
    assertThatIllegalArgumentException().isThrownBy(() -> RecordBatch.incrementSequence(-1, 1));
  }

  @ParameterizedTest
  @EnumSource(Compression.class)
  void recordsOwnTheirBytes(Compression compression) {
    ByteBuffer bytes = Forge.valid(20, compression);
    Iterator<LogRecord> records = RecordBatch.at(bytes, 0).records(UNLIMITED).iterator();
    LogRecord first = records.next();
    Buffer key = Buffer.buffer("key-0");

    while (records.hasNext()) {
      records.next();
    }
    java.util.Arrays.fill(bytes.array(), (byte) 0);

    assertThat(first.key()).isEqualTo(key);
    assertThatExceptionOfType(NoSuchElementException.class).isThrownBy(records::next);
  }

  @ParameterizedTest
  @EnumSource(Compression.class)
  void readOnlyAndDirectBuffersAreReadAsWell(Compression compression) {
    ByteBuffer heap = Forge.valid(20, compression);
    ByteBuffer direct =
        ByteBuffer.allocateDirect(heap.limit()).put(heap.duplicate()).flip();

    assertThat(BatchValidator.validate(heap.asReadOnlyBuffer(), BatchLimits.DEFAULT)
            .records(UNLIMITED))
        .hasSize(20);
    assertThat(BatchValidator.validate(direct, BatchLimits.DEFAULT).records(UNLIMITED))
        .hasSize(20);
  }

  @Test
  void anIterationEndsAtTheFirstDamage() {
    byte[] good = Forge.record(Forge.body(0, Forge.concat(Forge.sized("k"), Forge.sized("v"))));
    ByteBuffer bytes = Forge.batch(Compression.NONE, 3, Forge.concat(good, new byte[] {2}));
    Iterator<LogRecord> records = RecordBatch.at(bytes, 0).records(UNLIMITED).iterator();

    assertThat(records.next().value()).isEqualTo(Buffer.buffer("v"));
    assertThatThrownBy(records::next)
        .isInstanceOfSatisfying(
            InvalidBatchException.class, e -> assertThat(e.kind()).isEqualTo(Kind.CORRUPT))
        .hasMessage("record 1: length 1 is less than 6");
    assertThat(records.hasNext()).isFalse();
  }

  @ParameterizedTest
  @EnumSource(Compression.class)
  void anIterationStopsAtItsLimit(Compression compression) {
    RecordBatch batch = RecordBatch.at(Forge.valid(2_000, compression), 0);
    int uncompressed = RecordBatch.at(Forge.valid(2_000, Compression.NONE), 0).sizeBytes()
        - RecordBatch.HEADER_BYTES;

    assertThat(batch.records(uncompressed)).hasSize(2_000);
    assertThatThrownBy(() -> batch.records(uncompressed - 1).forEach(record -> {}))
        .isInstanceOfSatisfying(
            InvalidBatchException.class, e -> assertThat(e.kind()).isEqualTo(Kind.TOO_LARGE))
        .hasMessage("records are more than " + (uncompressed - 1) + " bytes uncompressed");
  }
}
