package io.streamhouse.segment;

import static io.streamhouse.segment.Segments.EVENTS_5;
import static io.streamhouse.segment.Segments.ORDERS_0;
import static io.streamhouse.segment.Segments.TIME;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.streamhouse.record.RecordBatch;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SegmentReaderTest {
  private final WrittenSegment written = Segments.small();
  private final ByteBuffer object = Segments.join(written);
  private final int footerPosition =
      object.limit() - SegmentFooter.TRAILER_BYTES - 4 - 2 * SegmentChunk.BYTES;

  @Test
  void aSegmentIsReadAsItWasWritten() {
    SegmentReader reader = SegmentReader.parse(object);
    reader.verify();

    assertThat(reader.header()).isEqualTo(Segments.HEADER);
    assertThat(reader.chunks()).isEqualTo(written.chunks());
    SegmentChunk orders = reader.chunks().get(0);
    assertThat(orders.partitionId()).isEqualTo(ORDERS_0);
    assertThat(orders.baseOffset()).isEqualTo(100);
    assertThat(orders.lastOffset()).isEqualTo(141);
    assertThat(orders.records()).isEqualTo(42);
    assertThat(orders.epoch()).isEqualTo(3);
    assertThat(orders.position()).isEqualTo(SegmentHeader.BYTES);
    assertThat(orders.maxTimestampMs()).isEqualTo(TIME + 51);
    assertThat(reader.batches(orders))
        .extracting(RecordBatch::baseOffset)
        .containsExactly(100L, 102L);
    SegmentChunk events = reader.chunks().get(1);
    assertThat(events.partitionId()).isEqualTo(EVENTS_5);
    assertThat(events.position()).isEqualTo(orders.end());
    assertThat(reader.batches(events)).hasSize(1);
  }

  @Test
  void theTailAloneTellsWhatIsInAnObject() {
    int size = object.limit();
    ByteBuffer trailer = object.slice(size - SegmentFooter.TRAILER_BYTES, 12);
    int length = SegmentReader.footerLength(trailer, size);
    int tail = length + SegmentFooter.TRAILER_BYTES;
    SegmentFooter footer = SegmentReader.parseFooter(object.slice(size - tail, tail), size);

    assertThat(footer.chunks()).isEqualTo(written.chunks());
    for (SegmentChunk chunk : footer.chunks()) {
      ByteBuffer range = object.slice((int) chunk.position(), chunk.length());
      assertThat(SegmentReader.verifyChunk(chunk, range)).isNotEmpty();
    }
    assertThat(SegmentReader.verifyHeader(footer, object.slice(0, SegmentHeader.BYTES)))
        .isEqualTo(Segments.HEADER);
  }

  @Test
  void everyFlippedBitIsFound() {
    for (int at = 0; at < object.limit(); at++) {
      for (int bit = 0; bit < 8; bit++) {
        object.put(at, (byte) (object.get(at) ^ (1 << bit)));
        assertThat(catchThrowable(() -> SegmentReader.parse(object).verify()))
            .as("bit %d of byte %d", bit, at)
            .isInstanceOf(CorruptSegmentException.class);
        object.put(at, (byte) (object.get(at) ^ (1 << bit)));
      }
    }
    SegmentReader.parse(object).verify();
  }

  @Test
  void everyTruncationIsFound() {
    for (int length = 0; length < object.limit(); length++) {
      ByteBuffer front = object.slice(0, length);
      assertThat(catchThrowable(() -> SegmentReader.parse(front)))
          .as("the first %d bytes", length)
          .isInstanceOf(CorruptSegmentException.class);
      ByteBuffer back = object.slice(object.limit() - length, length);
      assertThat(catchThrowable(() -> SegmentReader.parse(back)))
          .as("the last %d bytes", length)
          .isInstanceOf(CorruptSegmentException.class);
    }
  }

  @Test
  void everyFooterThatIsCutOffIsFound() {
    int size = object.limit();
    for (int length = 0; length < size - footerPosition; length++) {
      ByteBuffer tail = object.slice(size - length, length);
      assertThat(catchThrowable(() -> SegmentReader.parseFooter(tail, size)))
          .as("the last %d bytes", length)
          .isInstanceOf(CorruptSegmentException.class);
    }
  }

  @Test
  void bytesBehindTheTrailerAreFound() {
    ByteBuffer longer =
        ByteBuffer.allocate(object.limit() + 1).put(object.duplicate()).rewind();
    assertCorrupt(longer, "ends with 0x");
  }

  @Test
  void messagesSayWhatIsWrongAndWhere() {
    assertCorrupt(object.slice(0, 3), "too short (3 bytes)");
    assertCorrupt(
        changed(0, bytes -> bytes.put(0, (byte) 'X')), "begins with 0x58485347 at byte 0");
    assertCorrupt(
        changed(0, bytes -> bytes.putShort(4, (short) 2)),
        "format version 2 at byte 4, this release reads 1");
    assertCorrupt(
        changed(0, bytes -> bytes.putShort(6, (short) 1)),
        "flags 0x1 at byte 6, this release knows none");
    assertCorrupt(changed(0, bytes -> bytes.put(20, (byte) 1)), "header at byte 0 has CRC-32C");
    assertCorrupt(
        changed(0, bytes -> bytes.put(footerPosition, (byte) 1)),
        "footer at byte " + footerPosition + " has CRC-32C");
    assertThatExceptionOfType(CorruptSegmentException.class)
        .isThrownBy(() ->
            SegmentReader.parse(changed(0, bytes -> bytes.put(100, (byte) 1))).verify())
        .withMessageContaining("chunk of partition " + ORDERS_0 + " at byte 56: has CRC-32C");
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, Integer.MIN_VALUE, 0, 3, 5, Integer.MAX_VALUE, 4 + 68 * 1_000})
  void aFooterLengthThatCannotBeIsRefusedBeforeAnythingIsAllocated(int length) {
    int at = object.limit() - SegmentFooter.TRAILER_BYTES;
    assertCorrupt(
        changed(0, bytes -> bytes.putInt(at, length)),
        "footer length " + Integer.toUnsignedString(length) + " at byte " + at);
  }

  /** The footer's CRC is right: somebody wrote it so. Partition, epoch, records, position, length. */
  @ParameterizedTest
  @CsvSource({
    "16, -1, is impossible: chunk of partition",
    "36, -1, is impossible: chunk of partition",
    "40, 41, is impossible: chunk of partition",
    "40, 0, is impossible: chunk of partition",
    "48, 57, 'a chunk at position 57, but the one before ends at 56'",
    "48, 0, is impossible: chunk of partition",
    "52, 0, is impossible: chunk of partition",
    "52, 1, but the one before ends at 57",
    "52, 2147483647, but the one before ends at 2147483703",
  })
  void anEntryThatContradictsTheObjectIsRefused(int offset, int value, String message) {
    int at = footerPosition + 4 + offset;
    ByteBuffer lying = changed(footerPosition, bytes -> bytes.putInt(at, value));
    assertCorrupt(lying, message);
  }

  @Test
  void aLastChunkThatEndsBeforeTheFooterIsRefused() {
    int lengthOfLast = footerPosition + 4 + SegmentChunk.BYTES + 52;
    ByteBuffer lying = changed(
        footerPosition, bytes -> bytes.putInt(lengthOfLast, bytes.getInt(lengthOfLast) - 1));

    assertCorrupt(lying, "its chunks end at byte " + (footerPosition - 1));
  }

  @ParameterizedTest
  @CsvSource({
    "99, 3, 51, has offsets 100 to 141",
    "101, 3, 51, has offsets 100 to 141",
    "100, 4, 51, 'has leader epoch 3, not 4'",
    "100, 3, 50, up to time 1700000000051",
  })
  void anEntryThatContradictsItsBatchesIsFoundByVerifying(
      long baseOffset, int epoch, int maxTime, String message) {
    SegmentChunk orders = written.chunks().get(0);
    SegmentChunk lying = new SegmentChunk(
        ORDERS_0,
        baseOffset,
        baseOffset + 41,
        epoch,
        42,
        orders.position(),
        orders.length(),
        TIME + maxTime,
        orders.crc());
    ByteBuffer bytes = SegmentReader.parse(object).bytes(orders);

    assertThatExceptionOfType(CorruptSegmentException.class)
        .isThrownBy(() -> SegmentReader.verifyChunk(lying, bytes))
        .withMessageStartingWith("chunk of partition " + ORDERS_0 + " at byte 56: ")
        .withMessageContaining(message);
  }

  @Test
  void aRangeOfAnotherLengthIsRefused() {
    SegmentChunk orders = written.chunks().get(0);
    ByteBuffer shorter = object.slice(56, orders.length() - 1);

    assertThatExceptionOfType(CorruptSegmentException.class)
        .isThrownBy(() -> SegmentReader.verifyChunk(orders, shorter))
        .withMessageEndingWith("has " + (orders.length() - 1) + " bytes, not " + orders.length());
  }

  @Test
  void aChunkOfThingsThatAreNoBatchesIsRefused() {
    ByteBuffer nonsense = ByteBuffer.allocate(100);
    CRC32C crc = new CRC32C();
    crc.update(nonsense.duplicate());
    SegmentChunk chunk =
        new SegmentChunk(ORDERS_0, 0, 0, 0, 1, 56, 100, TIME, (int) crc.getValue());

    assertThatExceptionOfType(CorruptSegmentException.class)
        .isThrownBy(() -> SegmentReader.verifyChunk(chunk, nonsense))
        .withMessageEndingWith("at byte 56: magic 0 at byte 16 is not supported, only 2");
  }

  @Test
  void anObjectInTheMiddleOfABufferIsRead() {
    ByteBuffer larger = ByteBuffer.allocate(object.limit() + 20);
    larger.position(7).put(object.duplicate()).flip().position(7);

    SegmentReader reader = SegmentReader.parse(larger);
    reader.verify();

    assertThat(reader.chunks()).isEqualTo(written.chunks());
    assertThat(larger.position()).isEqualTo(7);
  }

  /** A copy with a change; from a footer position on, with the footer's CRC made right again. */
  private ByteBuffer changed(int crcFrom, Consumer<ByteBuffer> change) {
    ByteBuffer copy =
        ByteBuffer.allocate(object.limit()).put(object.duplicate()).flip();
    change.accept(copy);
    if (crcFrom > 0) {
      int trailer = copy.limit() - SegmentFooter.TRAILER_BYTES;
      CRC32C crc = new CRC32C();
      crc.update(copy.slice(crcFrom, trailer - crcFrom));
      copy.putInt(trailer + 4, (int) crc.getValue());
    }
    return copy;
  }

  private static void assertCorrupt(ByteBuffer bytes, String message) {
    assertThatExceptionOfType(CorruptSegmentException.class)
        .isThrownBy(() -> SegmentReader.parse(bytes))
        .withMessageContaining(message);
  }
}
