package io.streamhouse.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import io.streamhouse.record.Allocations.Measured;
import io.streamhouse.record.InvalidBatchException.Kind;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Compressed sections that lie: about their size, their blocks, their end. */
class CompressedBatchTest {
  private static final long MEBIBYTE = 1 << 20;

  @ParameterizedTest
  @EnumSource(value = Compression.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
  void aDecompressionBombIsStoppedAtTheLimitWithoutTheMemoryForIt(Compression compression) {
    ByteBuffer bomb = bombOfOneHugeRecord(compression, 128 << 20);
    BatchLimits limits = new BatchLimits(8 << 20, 256 << 20, 64 << 20, 10, 10);
    assertThat(bomb.limit()).isLessThan(8 << 20);

    Measured measured = Allocations.ofValidating(bomb, limits);
    assertThat(measured.failure()).hasMessage("records are more than 67108864 bytes uncompressed");
    // The window doubles as it fills: at most twice the limit, and as much for its smaller
    // predecessors.
    assertThat(measured.failure().kind()).isEqualTo(Kind.TOO_LARGE);
    assertThat(measured.bytes()).isLessThan(260 * MEBIBYTE);
  }

  @ParameterizedTest
  @EnumSource(value = Compression.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
  void aDecompressionBombOfSmallRecordsNeedsNoMoreThanAWindow(Compression compression) {
    RecordBatchBuilder builder = new RecordBatchBuilder(0, Integer.MAX_VALUE);
    Buffer value = Buffer.buffer(new byte[10_000]);
    for (int i = 0; i < 4_000; i++) {
      builder.tryAppend(1, null, value, List.of());
    }
    ByteBuffer bomb = builder.build(compression);
    BatchLimits limits = new BatchLimits(8 << 20, 8 << 20, 30_000_000, 10_000, 10);

    Measured measured = Allocations.ofValidating(bomb, limits);
    assertThat(measured.failure()).hasMessage("records are more than 30000000 bytes uncompressed");
    assertThat(measured.bytes()).isLessThan(MEBIBYTE);
  }

  @ParameterizedTest
  @EnumSource(value = Compression.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
  void aRecordLengthThatIsNotTrueAllocatesOnlyForWhatIsThere(Compression compression) {
    byte[] section = Forge.concat(Forge.varint(7 << 20), new byte[100_000]);
    ByteBuffer batch = Forge.batch(compression, 1, compressed(compression, section));

    Measured measured = Allocations.ofValidating(batch, BatchLimits.DEFAULT);
    assertThat(measured.failure()).hasMessage("record 0: length 7340032, but 100000 bytes follow");
    assertThat(measured.bytes()).isLessThan(MEBIBYTE);
  }

  @ParameterizedTest
  @EnumSource(value = Compression.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
  void aSectionCutOffAnywhereIsFound(Compression compression) {
    ByteBuffer valid = Forge.valid(100, compression);
    byte[] section = section(valid);
    for (int length = 0; length < section.length; length++) {
      assertCorrupt(
          Forge.withSection(valid, Arrays.copyOf(section, length)), length + " of its bytes");
    }
    BatchValidator.validate(Forge.withSection(valid, section), BatchLimits.DEFAULT);
  }

  @ParameterizedTest
  @EnumSource(value = Compression.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
  void bytesBehindTheCompressedRecordsAreFound(Compression compression) {
    ByteBuffer valid = Forge.valid(100, compression);
    byte[] section = section(valid);
    for (int more : new int[] {1, 4, 20, 10_000}) {
      assertCorrupt(
          Forge.withSection(valid, Forge.concat(section, new byte[more])), more + " bytes more");
    }
  }

  private static void assertCorrupt(ByteBuffer batch, String description) {
    assertThat(catchThrowable(() -> BatchValidator.validate(batch, BatchLimits.DEFAULT)))
        .as(description)
        .isInstanceOfSatisfying(
            InvalidBatchException.class, e -> assertThat(e.kind()).isEqualTo(Kind.CORRUPT))
        .hasMessageMatching("records do not decompress.*|record \\d+: .*|more bytes follow.*");
  }

  @ParameterizedTest
  @CsvSource({
    "GZIP, records do not decompress as gzip: it is no gzip member",
    "SNAPPY, records do not decompress as snappy: it does not begin with the header",
    "LZ4, records do not decompress as lz4: ",
    "ZSTD, records do not decompress as zstd: ",
  })
  void uncompressedRecordsThatCallThemselvesCompressedAreFound(
      Compression compression, String message) {
    ByteBuffer batch = Forge.batch(compression, 3, section(Forge.valid(3, Compression.NONE)));

    assertThatThrownBy(() -> BatchValidator.validate(batch, BatchLimits.DEFAULT))
        .isInstanceOf(InvalidBatchException.class)
        .hasMessageContaining(message);
  }

  @Test
  void aSnappyBlockThatClaimsMoreThanSnappyCanHoldIsRefusedBeforeAllocating() {
    byte[] header = Arrays.copyOf(section(Forge.valid(100, Compression.SNAPPY)), 16);
    byte[] block = {0, 0, 0, 6, -1, -1, -1, 0x1f, 0, 0};
    ByteBuffer batch = Forge.batch(Compression.SNAPPY, 1, Forge.concat(header, block));

    Measured measured = Allocations.ofValidating(batch, BatchLimits.DEFAULT);
    assertThat(measured.failure())
        .hasMessageContaining("invalid uncompressed length 67,108,863 declared in 6 bytes");
    assertThat(measured.bytes()).isLessThan(MEBIBYTE);
  }

  @Test
  void aSnappyBlockLongerThanTheSectionIsRefused() {
    byte[] header = Arrays.copyOf(section(Forge.valid(100, Compression.SNAPPY)), 16);
    byte[] block = {0x7f, -1, -1, -1, 1, 0, 0};
    ByteBuffer batch = Forge.batch(Compression.SNAPPY, 1, Forge.concat(header, block));

    assertThatThrownBy(() -> BatchValidator.validate(batch, BatchLimits.DEFAULT))
        .hasMessageContaining("block of 2147483647 bytes, but 3 left");
  }

  @Test
  void anEndlessRowOfEmptyLz4FramesIsNotFollowed() {
    byte[] frame = compressed(Compression.LZ4, new byte[0]);
    byte[] frames = new byte[frame.length * 100_000];
    for (int i = 0; i < 100_000; i++) {
      System.arraycopy(frame, 0, frames, i * frame.length, frame.length);
    }
    ByteBuffer batch = Forge.batch(Compression.LZ4, 1, frames);

    Measured measured = Allocations.ofValidating(batch, BatchLimits.DEFAULT);
    assertThat(measured.failure()).hasMessageContaining("bytes follow its end");
    assertThat(measured.bytes()).isLessThan(MEBIBYTE);
  }

  @Test
  void aZstdFrameWithAWindowBeyondEightMebibytesIsRefused() throws IOException {
    ByteArrayOutputStream target = new ByteArrayOutputStream();
    try (ZstdOutputStreamNoFinalizer stream = new ZstdOutputStreamNoFinalizer(target)) {
      stream.setLong(27);
      stream.write(section(Forge.valid(100, Compression.NONE)));
    }
    ByteBuffer batch = Forge.batch(Compression.ZSTD, 100, target.toByteArray());

    assertThatThrownBy(() -> BatchValidator.validate(batch, BatchLimits.DEFAULT))
        .isInstanceOf(InvalidBatchException.class)
        .hasMessageContaining("Frame requires too much memory for decoding");
  }

  @Test
  void bytesHiddenBeforeTheTrailerOfAGzipMemberAreFound() {
    ByteBuffer valid = Forge.valid(100, Compression.GZIP);
    byte[] section = section(valid);
    byte[] trailer = Arrays.copyOfRange(section, section.length - 8, section.length);

    assertThatThrownBy(() -> BatchValidator.validate(
            Forge.withSection(valid, Forge.concat(section, new byte[4], trailer)),
            BatchLimits.DEFAULT))
        .hasMessageContaining("20 bytes follow the deflated data, not 8");
  }

  @Test
  void aGzipMemberWithAWrongChecksumIsRefused() {
    byte[] section = section(Forge.valid(100, Compression.GZIP));
    section[section.length - 8] ^= 1;
    ByteBuffer batch = Forge.batch(Compression.GZIP, 100, section);

    assertThatThrownBy(() -> BatchValidator.validate(batch, BatchLimits.DEFAULT))
        .hasMessageContaining("CRC-32 or length at its end is wrong");
  }

  private static byte[] section(ByteBuffer batch) {
    byte[] section = new byte[batch.limit() - RecordBatch.HEADER_BYTES];
    batch.get(RecordBatch.HEADER_BYTES, section);
    return section;
  }

  private static byte[] compressed(Compression compression, byte[] bytes) {
    return Compressor.compress(compression, bytes, 0, bytes.length);
  }

  private static ByteBuffer bombOfOneHugeRecord(Compression compression, int bytes) {
    byte[] section = Forge.concat(Forge.varint(bytes), new byte[bytes]);
    return Forge.batch(compression, 1, compressed(compression, section));
  }
}
