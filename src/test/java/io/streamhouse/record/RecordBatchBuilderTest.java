package io.streamhouse.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.streamhouse.RecordHeader;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RecordBatchBuilderTest {
  private static final Buffer KEY = Buffer.buffer("key");
  private static final Buffer VALUE = Buffer.buffer("value");
  private static final int UNLIMITED = Integer.MAX_VALUE;

  @Test
  @Tag("seed-01")
  void theAccountedSizeIsKeyPlusValuePlusTheTrueEncodedOverhead() {
    // length, attributes, timestamp delta, offset delta, key length, value length, header count
    assertThat(RecordBatchBuilder.recordSizeBytes(0, 0, KEY, VALUE, List.of()))
        .isEqualTo(3 + 5 + 7);
  }

  @Test
  @Tag("seed-01")
  void theAccountedSizeCountsHeadersWithTheirLengths() {
    List<RecordHeader> headers = List.of(RecordHeader.of("é", "xy"), new RecordHeader("n", null));

    assertThat(RecordBatchBuilder.recordSizeBytes(0, 0, KEY, VALUE, headers))
        .isEqualTo(3 + 5 + 7 + (1 + 2 + 1 + 2) + (1 + 1 + 1));
  }

  @Test
  @Tag("seed-01")
  void theAccountedSizeGrowsWithTheDeltasOfALaterRecord() {
    long first = RecordBatchBuilder.recordSizeBytes(0, 0, KEY, VALUE, List.of());

    assertThat(RecordBatchBuilder.recordSizeBytes(64, 0, KEY, VALUE, List.of()))
        .isEqualTo(first + 1);
    assertThat(RecordBatchBuilder.recordSizeBytes(0, Long.MIN_VALUE, KEY, VALUE, List.of()))
        .isEqualTo(first + 9);
  }

  @Test
  @Tag("seed-01")
  void anEmptyKeyIsNotNoKey() {
    RecordBatchBuilder builder = new RecordBatchBuilder(0, UNLIMITED);
    builder.tryAppend(1, Buffer.buffer(), VALUE, List.of());
    builder.tryAppend(1, null, VALUE, List.of());
    builder.tryAppend(1, KEY, Buffer.buffer(), List.of());
    builder.tryAppend(1, KEY, null, List.of());

    List<LogRecord> records = read(builder.build(Compression.NONE));

    assertThat(records.get(0).key()).isEqualTo(Buffer.buffer());
    assertThat(records.get(1).key()).isNull();
    assertThat(records.get(2).value()).isEqualTo(Buffer.buffer());
    assertThat(records.get(3).value()).isNull();
  }

  @Test
  @Tag("seed-01")
  void theSizeOfTheBatchIsItsHeaderPlusTheAccountedSizes() {
    RecordBatchBuilder builder = new RecordBatchBuilder(0, UNLIMITED);
    long accounted = RecordBatch.HEADER_BYTES;
    for (int i = 0; i < 200; i++) {
      long timestamp = i * 1_000L;
      builder.tryAppend(timestamp, KEY, VALUE, List.of());
      accounted += RecordBatchBuilder.recordSizeBytes(i, timestamp, KEY, VALUE, List.of());
      assertThat((long) builder.sizeBytes()).isEqualTo(accounted);
    }
    assertThat(builder.build(Compression.NONE).remaining()).isEqualTo((int) accounted);
  }

  @Test
  void aRecordThatWouldExceedTheLimitIsRefusedAndChangesNothing() {
    RecordBatchBuilder builder = new RecordBatchBuilder(0, RecordBatch.HEADER_BYTES + 2 * 15);

    assertThat(builder.tryAppend(1, KEY, VALUE, List.of())).isTrue();
    assertThat(builder.tryAppend(1, KEY, Buffer.buffer("value!"), List.of())).isFalse();
    assertThat(builder.recordCount()).isEqualTo(1);
    assertThat(builder.tryAppend(1, KEY, VALUE, List.of())).isTrue();
    assertThat(builder.sizeBytes()).isEqualTo(RecordBatch.HEADER_BYTES + 2 * 15);
    assertThat(read(builder.build(Compression.NONE))).hasSize(2);
  }

  @Test
  void aSingleRecordLargerThanTheLimitGoesAlone() {
    RecordBatchBuilder builder = new RecordBatchBuilder(0, 100);
    Buffer large = Buffer.buffer(new byte[1_000]);

    assertThat(builder.tryAppend(1, null, large, List.of())).isTrue();
    assertThat(builder.tryAppend(1, null, Buffer.buffer(), List.of())).isFalse();
    assertThat(read(builder.build(Compression.NONE)).get(0).value()).isEqualTo(large);
  }

  @ParameterizedTest
  @EnumSource(Compression.class)
  void aMillionRecordsKeepTheirPlacesAndTimes(Compression compression) {
    RecordBatchBuilder builder = new RecordBatchBuilder(1 << 20, UNLIMITED);
    Buffer value = Buffer.buffer("v");
    for (int i = 0; i < 1_000_000; i++) {
      builder.tryAppend(Forge.TIME + i, null, value, List.of());
    }
    ByteBuffer bytes = builder.build(compression);

    RecordBatch batch =
        BatchValidator.validate(bytes, new BatchLimits(64 << 20, 100, 64 << 20, 1_000_000, 0));
    assertThat(batch.compression()).isEqualTo(compression);
    assertThat(batch.recordCount()).isEqualTo(1_000_000);
    assertThat(batch.lastOffset()).isEqualTo(999_999);
    assertThat(batch.maxTimestampMs()).isEqualTo(Forge.TIME + 999_999);
    long offset = 0;
    for (var record : MemoryRecords.readableRecords(bytes).records()) {
      if (record.offset() != offset || record.timestamp() != Forge.TIME + offset) {
        throw new AssertionError(record + " is not at its place " + offset);
      }
      offset++;
    }
    assertThat(offset).isEqualTo(1_000_000);
  }

  @ParameterizedTest
  @EnumSource(value = Compression.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
  void recordsThatDoNotGetSmallerStayUncompressed(Compression compression) {
    byte[] noise = new byte[10_000];
    new Random(1).nextBytes(noise);
    RecordBatchBuilder builder = new RecordBatchBuilder(0, UNLIMITED);
    builder.tryAppend(1, null, Buffer.buffer(noise), List.of());
    int size = builder.sizeBytes();

    ByteBuffer bytes = builder.build(compression);

    assertThat(BatchValidator.validate(bytes, BatchLimits.DEFAULT).compression())
        .isEqualTo(Compression.NONE);
    assertThat(bytes.remaining()).isEqualTo(size);
    assertThat(read(bytes).get(0).value()).isEqualTo(Buffer.buffer(noise));
  }

  @ParameterizedTest
  @EnumSource(Compression.class)
  void aBuiltBatchIsValidWithoutAnyStamp(Compression compression) {
    RecordBatch batch = BatchValidator.validate(Forge.valid(100, compression), BatchLimits.DEFAULT);

    assertThat(batch.compression()).isEqualTo(compression);
    assertThat(batch.producerId()).isEqualTo(-1);
    assertThat(batch.producerEpoch()).isEqualTo(-1);
    assertThat(batch.baseSequence()).isEqualTo(-1);
    assertThat(batch.lastSequence()).isEqualTo(-1);
    assertThat(batch.leaderEpoch()).isEqualTo(-1);
    assertThat(batch.baseOffset()).isZero();
    assertThat(batch.baseTimestampMs()).isEqualTo(Forge.TIME);
    assertThat(batch.maxTimestampMs()).isEqualTo(Forge.TIME + 99);
  }

  @Test
  void theUpperBoundHoldsForTheLongestDeltas() {
    List<RecordHeader> headers =
        List.of(RecordHeader.of("ключ", "значение"), RecordHeader.of("", ""));

    assertThat((long) RecordBatchBuilder.encodedSizeMax(KEY, VALUE, headers))
        .isGreaterThanOrEqualTo(RecordBatchBuilder.recordSizeBytes(
            Integer.MAX_VALUE, Long.MIN_VALUE, KEY, VALUE, headers));
    assertThat(RecordBatchBuilder.encodedSizeMax(null, null, List.of())).isLessThan(64);
  }

  @Test
  void aLoneSurrogateInAHeaderBecomesAQuestionMarkAsInKafka() {
    RecordBatchBuilder builder = new RecordBatchBuilder(0, UNLIMITED);
    builder.tryAppend(1, null, null, List.of(RecordHeader.of("a\ud800é\udc00", "x")));
    builder.tryAppend(1, null, null, List.of(RecordHeader.of("\ud800", "x")));

    ByteBuffer bytes = builder.build(Compression.NONE);
    BatchValidator.validate(bytes, BatchLimits.DEFAULT);

    assertThat(read(bytes))
        .extracting(record -> record.headers().get(0).key())
        .containsExactly("a?é?", "?");
  }

  @Test
  void aBatchThatIsBuiltTakesNoMoreRecords() {
    RecordBatchBuilder builder = new RecordBatchBuilder(0, UNLIMITED);
    builder.tryAppend(1, KEY, VALUE, List.of());
    builder.build(Compression.NONE);

    assertThatIllegalStateException().isThrownBy(() -> builder.tryAppend(1, KEY, VALUE, List.of()));
    assertThatIllegalStateException().isThrownBy(() -> builder.build(Compression.NONE));
  }

  @Test
  void anEmptyBatchCannotBeBuilt() {
    RecordBatchBuilder builder = new RecordBatchBuilder(0, UNLIMITED);

    assertThatIllegalStateException().isThrownBy(() -> builder.build(Compression.NONE));
  }

  @Test
  void aLimitBelowAHeaderIsRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> new RecordBatchBuilder(0, 60));
    assertThatIllegalArgumentException().isThrownBy(() -> new RecordBatchBuilder(-1, 100));
  }

  private static List<LogRecord> read(ByteBuffer bytes) {
    List<LogRecord> records = new ArrayList<>();
    RecordBatch.at(bytes, 0).records(UNLIMITED).forEach(records::add);
    return records;
  }
}
