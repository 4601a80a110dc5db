package io.streamhouse.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamhouse.record.TestRecord.TestHeader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.DefaultRecordBatch;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;

/** Kafka's own classes read what we write, and we read what they write. */
class KafkaCompatibilityTest {
  private static final int UNLIMITED = 64 << 20;

  @Property(tries = 400, shrinking = ShrinkingMode.BOUNDED)
  void kafkaReadsWhatTheBuilderWrites(
      @ForAll("recordsOfAnyTime") List<TestRecord> records,
      @ForAll Compression compression,
      @ForAll("offsets") long baseOffset,
      @ForAll("epochs") int leaderEpoch,
      @ForAll("producers") Producer producer) {
    RecordBatchBuilder builder = new RecordBatchBuilder(0, UNLIMITED);
    for (TestRecord record : records) {
      assertThat(record.appendTo(builder)).isTrue();
    }
    ByteBuffer bytes = builder.build(compression);
    RecordBatch ours = RecordBatch.at(bytes, 0);
    ours.stampProducer(producer.id, producer.epoch, producer.sequence);
    ours.stampOffset(baseOffset, leaderEpoch);

    List<MutableRecordBatch> batches = new ArrayList<>();
    MemoryRecords.readableRecords(bytes).batches().forEach(batches::add);
    assertThat(batches).singleElement().isInstanceOf(DefaultRecordBatch.class);
    MutableRecordBatch theirs = batches.get(0);
    theirs.ensureValid();

    assertThat(read(theirs)).isEqualTo(records);
    assertThat(theirs.magic()).isEqualTo((byte) 2);
    assertThat(theirs.sizeInBytes()).isEqualTo(ours.sizeBytes());
    assertThat(theirs.baseOffset()).isEqualTo(baseOffset);
    assertThat(theirs.lastOffset()).isEqualTo(ours.lastOffset());
    assertThat(theirs.countOrNull()).isEqualTo(records.size());
    assertThat(theirs.partitionLeaderEpoch()).isEqualTo(leaderEpoch);
    assertThat(theirs.producerId()).isEqualTo(producer.id);
    assertThat((int) theirs.producerEpoch()).isEqualTo(producer.epoch);
    assertThat(theirs.baseSequence()).isEqualTo(producer.sequence);
    assertThat(theirs.lastSequence()).isEqualTo(ours.lastSequence());
    assertThat(theirs.timestampType()).isEqualTo(TimestampType.CREATE_TIME);
    assertThat(theirs.maxTimestamp())
        .isEqualTo(records.stream().mapToLong(TestRecord::timestampMs).max().orElseThrow());
    assertThat((int) theirs.compressionType().id).isEqualTo(ours.compression().id());
    assertThat(theirs.isTransactional() || theirs.isControlBatch()).isFalse();
    for (Record record : theirs) {
      record.ensureValid();
    }
  }

  @Property(tries = 400, shrinking = ShrinkingMode.BOUNDED)
  void weReadWhatKafkaWrites(
      @ForAll("recordsOfKafkaTime") List<TestRecord> records,
      @ForAll Compression compression,
      @ForAll("offsets") long baseOffset,
      @ForAll("producers") Producer producer) {
    ByteBuffer bytes = KafkaBatches.write(
        records, compression, baseOffset, producer.id, producer.epoch, producer.sequence);

    RecordBatch ours = BatchValidator.validate(bytes, BatchLimits.DEFAULT);

    List<TestRecord> read = new ArrayList<>();
    long offset = baseOffset;
    for (LogRecord record : ours.records(UNLIMITED)) {
      assertThat(record.offset()).isEqualTo(offset++);
      read.add(TestRecord.of(record));
    }
    assertThat(read).isEqualTo(records);
    assertThat(ours.baseOffset()).isEqualTo(baseOffset);
    assertThat(ours.recordCount()).isEqualTo(records.size());
    assertThat(ours.compression()).isEqualTo(compression);
    assertThat(ours.producerId()).isEqualTo(producer.id);
    assertThat(ours.producerEpoch()).isEqualTo(producer.epoch);
    assertThat(ours.baseSequence()).isEqualTo(producer.sequence);
    assertThat(ours.leaderEpoch()).isEqualTo(KafkaBatches.LEADER_EPOCH);
    assertThat(ours.baseTimestampMs()).isEqualTo(records.get(0).timestampMs());
  }

  /** Byte for byte: nothing in our encoding is a matter of taste. */
  @Property(tries = 200, shrinking = ShrinkingMode.BOUNDED)
  void anUncompressedBatchHasTheSameBytesAsKafkas(
      @ForAll("recordsOfKafkaTime") List<TestRecord> records) {
    RecordBatchBuilder builder = new RecordBatchBuilder(0, UNLIMITED);
    records.forEach(record -> record.appendTo(builder));
    ByteBuffer ours = builder.build(Compression.NONE);
    RecordBatch.at(ours, 0).stampOffset(0, KafkaBatches.LEADER_EPOCH);

    assertThat(ours).isEqualTo(KafkaBatches.write(records, Compression.NONE, 0, -1, -1, -1));
  }

  private static List<TestRecord> read(MutableRecordBatch batch) {
    List<TestRecord> records = new ArrayList<>();
    long offset = batch.baseOffset();
    for (Record record : batch) {
      assertThat(record.offset()).isEqualTo(offset++);
      records.add(TestRecord.of(record));
    }
    return records;
  }

  record Producer(long id, int epoch, int sequence) {}

  @Provide
  Arbitrary<Producer> producers() {
    return Arbitraries.oneOf(
        Arbitraries.just(new Producer(-1, -1, -1)),
        Combinators.combine(
                Arbitraries.longs().greaterOrEqual(0),
                Arbitraries.integers().between(0, Short.MAX_VALUE),
                Arbitraries.integers().greaterOrEqual(0))
            .as(Producer::new));
  }

  @Provide
  Arbitrary<Long> offsets() {
    return Arbitraries.longs().between(0, Long.MAX_VALUE - 1_000);
  }

  @Provide
  Arbitrary<Integer> epochs() {
    return Arbitraries.integers().greaterOrEqual(0);
  }

  @Provide
  Arbitrary<List<TestRecord>> recordsOfAnyTime() {
    return records(Arbitraries.longs());
  }

  /** Kafka's builder refuses negative timestamps. */
  @Provide
  Arbitrary<List<TestRecord>> recordsOfKafkaTime() {
    return records(Arbitraries.longs().greaterOrEqual(0));
  }

  private static Arbitrary<List<TestRecord>> records(Arbitrary<Long> anyTime) {
    Arbitrary<Long> usualTime = Arbitraries.longs().between(1_700_000_000_000L, 1_700_000_100_000L);
    Arbitrary<TestRecord> record = Combinators.combine(
            Arbitraries.frequencyOf(
                net.jqwik.api.Tuple.of(3, usualTime), net.jqwik.api.Tuple.of(1, anyTime)),
            bytes(40),
            bytes(300),
            headers())
        .as(TestRecord::new);
    return record.list().ofMinSize(1).ofMaxSize(60);
  }

  private static Arbitrary<List<TestHeader>> headers() {
    Arbitrary<TestHeader> header = Combinators.combine(
            Arbitraries.strings().ofMaxLength(12).filter(KafkaCompatibilityTest::isEncodable),
            bytes(20))
        .as(TestHeader::new);
    return Arbitraries.frequencyOf(
        net.jqwik.api.Tuple.of(2, Arbitraries.just(List.of())),
        net.jqwik.api.Tuple.of(1, header.list().ofMaxSize(4)));
  }

  /** A lone surrogate becomes '?' in Kafka as well, but does not come back. */
  private static boolean isEncodable(String text) {
    return java.nio.charset.StandardCharsets.UTF_8.newEncoder().canEncode(text);
  }

  /** Null, empty, incompressible and compressible. */
  private static Arbitrary<List<Byte>> bytes(int sizeMax) {
    Arbitrary<List<Byte>> random = Arbitraries.bytes().list().ofMaxSize(sizeMax);
    Arbitrary<List<Byte>> repetitive =
        Arbitraries.of((byte) 'a', (byte) 'b').list().ofMaxSize(sizeMax);
    return Arbitraries.oneOf(random, repetitive).injectNull(0.1);
  }
}
