package io.streamhouse.record;

import static io.streamhouse.record.Forge.body;
import static io.streamhouse.record.Forge.concat;
import static io.streamhouse.record.Forge.record;
import static io.streamhouse.record.Forge.sized;
import static io.streamhouse.record.Forge.varint;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamhouse.record.InvalidBatchException.Kind;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each rule broken alone, in a batch whose CRC is right. */
class BatchValidatorTest {
  private static final byte[] KEY_AND_VALUE = concat(sized("k"), sized("v"));

  @Test
  void everythingWithinTheLimitsIsValid() {
    ByteBuffer batch = Forge.valid(3, Compression.NONE);
    int recordBytes = (batch.limit() - RecordBatch.HEADER_BYTES) / 3;
    BatchLimits exact = new BatchLimits(batch.limit(), recordBytes, 3 * recordBytes, 3, 1);

    assertThat(BatchValidator.validate(batch, exact).recordCount()).isEqualTo(3);
  }

  @ParameterizedTest
  @CsvSource({
    "-1, 0, 0, 0, 0, batch of",
    "0, -1, 0, 0, 0, record 0: ",
    "0, 0, -1, 0, 0, bytes uncompressed",
    "0, 0, 0, -1, 0, record count 3 is more than 2",
    "0, 0, 0, 0, -1, record 0: 1 headers are more than 0",
  })
  void whatIsLargerThanALimitIsTooLarge(
      int batch, int record, int uncompressed, int records, int headers, String message) {
    ByteBuffer bytes = Forge.valid(3, Compression.NONE);
    int section = bytes.limit() - RecordBatch.HEADER_BYTES;
    BatchLimits limits = new BatchLimits(
        bytes.limit() + batch,
        section / 3 + record,
        section + uncompressed,
        3 + records,
        1 + headers);

    assertInvalid(bytes, limits, Kind.TOO_LARGE, message);
  }

  @Test
  void aBatchCutOffAnywhereIsTruncated() {
    ByteBuffer batch = Forge.valid(3, Compression.NONE);
    for (int length = 0; length < batch.limit(); length++) {
      assertInvalid(batch.slice(0, length), Kind.CORRUPT, "truncated: ");
    }
  }

  @Test
  void bytesBehindTheBatchAreRefused() {
    ByteBuffer batch = Forge.valid(1, Compression.NONE);
    ByteBuffer longer =
        ByteBuffer.allocate(batch.limit() + 3).put(batch.duplicate()).rewind();

    assertInvalid(longer, Kind.CORRUPT, "3 bytes follow the batch");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3, -1})
  void anyOtherMagicIsUnsupported(int magic) {
    assertHeader(
        batch -> batch.put(16, (byte) magic),
        Kind.UNSUPPORTED,
        "magic " + magic + " at byte 16 is not supported, only 2");
  }

  @ParameterizedTest
  @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 48})
  void aBatchLengthShorterThanAHeaderIsRefused(int length) {
    assertHeader(
        batch -> batch.putInt(8, length),
        Kind.CORRUPT,
        "batch length " + length + " at byte 8 is less than a header's 49");
  }

  @ParameterizedTest
  @ValueSource(ints = {Integer.MAX_VALUE, 1 << 20})
  void aBatchLengthBeyondTheBytesIsTruncated(int length) {
    assertHeader(
        batch -> batch.putInt(8, length), Kind.CORRUPT, "truncated: batch length " + length);
  }

  @Test
  void aWrongCrcIsRefused() {
    ByteBuffer batch = Forge.valid(1, Compression.NONE);
    batch.putInt(17, batch.getInt(17) + 1);

    assertInvalid(batch, Kind.CORRUPT, "CRC-32C is ");
  }

  @ParameterizedTest
  @CsvSource({
    "0x05, 'compression 5 is unknown; known are 0 to 4'",
    "0x07, 'compression 7 is unknown; known are 0 to 4'",
    "0x08, 'attributes 0x8: timestamps must be of type CreateTime'",
    "0x10, 'attributes 0x10: transactional batches are not supported'",
    "0x20, 'attributes 0x20: control batches are not supported'",
    "0x30, 'attributes 0x30: control batches are not supported'",
    "0x40, 'attributes 0x40 have unknown bits'",
    "0x8000, 'attributes 0x8000 have unknown bits'",
  })
  void attributesBeyondTheCompressionAreUnsupported(String attributes, String message) {
    short bits = (short) (int) Integer.decode(attributes);
    assertHeader(batch -> batch.putShort(21, bits), Kind.UNSUPPORTED, message);
  }

  @ParameterizedTest
  @CsvSource({"0, -1", "-1, -2", "-2147483648, 2147483647"})
  void aBatchWithoutRecordsIsRefused(int count, int lastOffsetDelta) {
    assertHeader(
        batch -> batch.putInt(57, count).putInt(23, lastOffsetDelta),
        Kind.CORRUPT,
        "record count " + count + ": a batch has at least 1");
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 1, 3, Integer.MAX_VALUE})
  void aLastOffsetDeltaThatIsNotTheCountLessOneIsRefused(int lastOffsetDelta) {
    assertHeader(
        batch -> batch.putInt(23, lastOffsetDelta),
        Kind.CORRUPT,
        "last offset delta " + lastOffsetDelta + " does not go with record count 3");
  }

  @Test
  void aCountBeyondTheRecordsIsRefused() {
    assertHeader(
        batch -> batch.putInt(57, 4).putInt(23, 3),
        Kind.CORRUPT,
        "record 3: is missing, the batch's header claims 4");
  }

  @ParameterizedTest
  @EnumSource(Compression.class)
  void recordsBeyondTheCountAreRefused(Compression compression) {
    ByteBuffer batch = Forge.changed(
        Forge.valid(30, compression),
        bytes -> bytes.putInt(57, 29).putInt(23, 28).putLong(35, Forge.TIME + 28));

    assertInvalid(batch, Kind.CORRUPT, "bytes follow the last of 29 records");
  }

  @ParameterizedTest
  @ValueSource(longs = {Forge.TIME + 3, Forge.TIME + 1, -1, Long.MAX_VALUE})
  void aMaxTimestampThatNoRecordHasIsRefused(long maxTimestamp) {
    assertHeader(
        batch -> batch.putLong(35, maxTimestamp),
        Kind.CORRUPT,
        "max timestamp " + maxTimestamp + ", but its records have up to " + (Forge.TIME + 2));
  }

  @ParameterizedTest
  @CsvSource({
    "5, -1, -1",
    "-1, 5, -1",
    "-1, -1, 5",
    "5, 5, -1",
    "-2, 5, 5",
    "5, -5, 5",
    "-2, -2, -2"
  })
  void aProducerThatIsOnlyPartlyThereIsRefused(long id, short epoch, int sequence) {
    assertHeader(
        batch -> batch.putLong(43, id).putShort(51, epoch).putInt(53, sequence),
        Kind.CORRUPT,
        "producer id " + id + ", epoch " + epoch + ", sequence " + sequence + ": all must be");
  }

  @Test
  void aRecordLengthShorterThanARecordIsRefused() {
    assertSection(record(new byte[5]), "record 0: length 5 is less than 6");
    assertSection(varint(-1), "record 0: length -1 is less than 6");
  }

  @Test
  void aRecordLengthBeyondTheBatchIsRefused() {
    assertSection(concat(varint(100), new byte[10]), "record 0: length 100, but 10 bytes follow");
  }

  @Test
  void aRecordLengthOfTwoGibibytesIsTooLargeAndAllocatesNothing() {
    ByteBuffer batch =
        Forge.batch(Compression.NONE, 1, concat(varint(Integer.MAX_VALUE), new byte[10]));

    assertInvalid(batch, Kind.TOO_LARGE, "record 0: 2147483652 bytes are more than 8388608");
  }

  @Test
  void aRecordLengthWithoutEndIsRefused() {
    byte[] endless = {-1, -1, -1, -1, -1, -1};
    assertSection(endless, "record 0: length is longer than 5 bytes");
    assertSection(new byte[] {-1, -1}, "record 0: length is cut off");
  }

  @Test
  void recordAttributesAreRefused() {
    byte[] body = body(0, KEY_AND_VALUE);
    body[0] = 1;

    assertSection(record(body), "record 0: attributes 1 are not 0");
  }

  @Test
  void anOffsetDeltaOutOfPlaceIsRefused() {
    assertSection(record(body(1, KEY_AND_VALUE)), "record 0: offset delta 1 is not its place");
    assertSection(record(body(-1, KEY_AND_VALUE)), "record 0: offset delta -1 is not its place");
  }

  @Test
  void aTimestampDeltaWithoutEndIsRefused() {
    byte[] endless = new byte[12];
    java.util.Arrays.fill(endless, (byte) -1);
    assertSection(
        record(concat(new byte[] {0}, endless)),
        "record 0: timestamp delta is longer than 10 bytes");
  }

  @ParameterizedTest
  @ValueSource(ints = {-2, Integer.MIN_VALUE, 50, Integer.MAX_VALUE})
  void aKeyLengthOutsideTheRecordIsRefused(int length) {
    byte[] section = record(body(0, concat(varint(length), new byte[8])));
    assertSection(section, "record 0: key length " + length + ", but 9 bytes follow");
  }

  @ParameterizedTest
  @ValueSource(ints = {-2, Integer.MIN_VALUE, 50, Integer.MAX_VALUE})
  void aValueLengthOutsideTheRecordIsRefused(int length) {
    byte[] section = record(body(0, concat(sized("k"), varint(length), new byte[8])));
    assertSection(section, "record 0: value length " + length + ", but 9 bytes follow");
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 3, Integer.MAX_VALUE, Integer.MIN_VALUE})
  void aHeaderCountThatCannotFitIsRefused(int count) {
    assertSection(
        withHeaders(count, new byte[5]),
        "record 0: header count " + count + ", but 5 bytes follow");
  }

  @Test
  void tenThousandHeadersAreTooLarge() {
    byte[] headers = new byte[20_000];
    ByteBuffer batch = Forge.batch(Compression.NONE, 1, withHeaders(10_000, headers));

    assertInvalid(batch, Kind.TOO_LARGE, "record 0: 10000 headers are more than 1000");
  }

  @Test
  void aThousandEmptyHeadersAreAllowed() {
    ByteBuffer batch = Forge.batch(Compression.NONE, 1, withHeaders(1_000, new byte[2_000]));

    RecordBatch valid = BatchValidator.validate(batch, BatchLimits.DEFAULT);
    assertThat(valid.records(1 << 20).iterator().next().headers()).hasSize(1_000);
  }

  @Test
  void aHeaderWithoutAKeyIsRefused() {
    assertSection(
        withHeaders(2, concat(sized("a"), sized("b"), varint(-1), sized("b"))),
        "record 0: header 1 has no key");
  }

  @Test
  void aHeaderKeyThatIsNotUtf8IsRefused() {
    assertSection(
        withHeaders(1, concat(varint(2), new byte[] {(byte) 0xc0, (byte) 0x80}, sized("b"))),
        "record 0: header 0 has a key that is not UTF-8");
  }

  @ParameterizedTest
  @ValueSource(ints = {-2, 3, Integer.MAX_VALUE})
  void aHeaderLengthOutsideTheRecordIsRefused(int length) {
    assertSection(
        withHeaders(1, concat(varint(length), new byte[2])),
        "record 0: header key length " + length + ", but 2 bytes follow");
    assertSection(
        withHeaders(1, concat(sized("a"), varint(length), new byte[2])),
        "record 0: header value length " + length + ", but 2 bytes follow");
  }

  @Test
  void bytesBehindTheLastHeaderOfARecordAreRefused() {
    assertSection(
        record(concat(body(0, KEY_AND_VALUE), new byte[2])),
        "record 0: 2 bytes follow its last header");
  }

  @Test
  void theSecondOfTwoRecordsIsNamed() {
    byte[] section = concat(record(body(0, KEY_AND_VALUE)), record(body(7, KEY_AND_VALUE)));
    assertInvalid(
        Forge.batch(Compression.NONE, 2, section),
        Kind.CORRUPT,
        "record 1: offset delta 7 is not its place in the batch");
  }

  private static byte[] withHeaders(int count, byte[] headers) {
    byte[] body = body(0, KEY_AND_VALUE);
    byte[] withoutCount = java.util.Arrays.copyOf(body, body.length - 1);
    return record(concat(withoutCount, varint(count), headers));
  }

  private static void assertHeader(Consumer<ByteBuffer> change, Kind kind, String message) {
    assertInvalid(Forge.changed(Forge.valid(3, Compression.NONE), change), kind, message);
  }

  private static void assertSection(byte[] section, String message) {
    assertInvalid(Forge.batch(Compression.NONE, 1, section), Kind.CORRUPT, message);
  }

  private static void assertInvalid(ByteBuffer bytes, Kind kind, String message) {
    assertInvalid(bytes, BatchLimits.DEFAULT, kind, message);
  }

  private static void assertInvalid(
      ByteBuffer bytes, BatchLimits limits, Kind kind, String message) {
    assertThatThrownBy(() -> BatchValidator.validate(bytes, limits))
        .isInstanceOfSatisfying(
            InvalidBatchException.class, e -> assertThat(e.kind()).isEqualTo(kind))
        .hasMessageContaining(message);
  }
}
