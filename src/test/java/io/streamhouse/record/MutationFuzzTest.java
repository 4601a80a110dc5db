package io.streamhouse.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Random damage under a right CRC, so that it reaches the code behind it: nothing but InvalidBatchException comes out,
 * and no length is believed. The seed is fixed: a failure repeats.
 */
class MutationFuzzTest {
  private static final int MUTATIONS = 20_000;
  private static final int ALLOCATION_MAX = 12 << 20;
  private static final BatchLimits LIMITS = new BatchLimits(1 << 20, 1 << 20, 1 << 20, 100, 10);

  @ParameterizedTest
  @EnumSource(Compression.class)
  void damageOnlyEverEndsInAnInvalidBatchException(Compression compression) {
    Random random = new Random(20_261_123L + compression.id());
    ByteBuffer original = Forge.valid(12, compression);
    assertThat(RecordBatch.at(original, 0).compression()).isEqualTo(compression);
    int refused = 0;
    for (int i = 0; i < MUTATIONS; i++) {
      ByteBuffer mutant = mutate(original, random);
      if (random.nextInt(8) > 0 && mutant.limit() > RecordBatch.HEADER_BYTES) {
        Forge.seal(mutant);
      }
      boolean[] valid = new boolean[1];
      long allocated = Allocations.bytesOf(() -> valid[0] = survives(mutant));
      assertThat(allocated).as("bytes allocated for mutation %d", i).isLessThan(ALLOCATION_MAX);
      refused += valid[0] ? 0 : 1;
    }
    // Most damage must be found; some is none: another timestamp, key, value or stamp, another way
    // to compress.
    assertThat(refused).isBetween(MUTATIONS / 4, MUTATIONS - 1);
  }

  private static boolean survives(ByteBuffer mutant) {
    int read = 0;
    try {
      for (LogRecord record : RecordBatch.at(mutant, 0).records(LIMITS.uncompressedBytesMax())) {
        read += record.headers().size() + 1;
      }
    } catch (InvalidBatchException e) {
      assertThat(e.getMessage()).isNotBlank();
    }
    try {
      BatchValidator.validate(mutant, LIMITS);
      assertThat(read).as("what the validator lets in can be read").isPositive();
      return true;
    } catch (InvalidBatchException e) {
      assertThat(e.getMessage()).isNotBlank();
      return false;
    }
  }

  private static ByteBuffer mutate(ByteBuffer original, Random random) {
    byte[] bytes = new byte[original.limit()];
    original.get(0, bytes);
    int changes = 1 + random.nextInt(3);
    for (int i = 0; i < changes; i++) {
      int at = random.nextInt(bytes.length);
      switch (random.nextInt(5)) {
        case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> bytes[at] = (byte) random.nextInt(256);
        case 2 -> bytes[at] = (byte) (random.nextBoolean() ? 0xff : 0x7f);
        case 3 -> overwrite(bytes, at, random);
        default -> bytes = resized(bytes, random);
      }
    }
    return ByteBuffer.wrap(bytes);
  }

  /** Copies a stretch of the batch over another. */
  private static void overwrite(byte[] bytes, int at, Random random) {
    int from = random.nextInt(bytes.length);
    int length = Math.min(random.nextInt(16), bytes.length - Math.max(at, from));
    System.arraycopy(bytes, from, bytes, at, length);
  }

  /** Cuts bytes off or adds some, with a batch length that fits. */
  private static byte[] resized(byte[] bytes, Random random) {
    byte[] resized =
        java.util.Arrays.copyOf(bytes, Math.max(62, bytes.length - 20 + random.nextInt(40)));
    ByteBuffer.wrap(resized).putInt(8, resized.length - 12);
    return resized;
  }
}
