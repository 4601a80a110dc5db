package io.streamhouse.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.ByteBuffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** No single bit can change unnoticed, but those of the two fields that agents stamp outside the CRC. */
class BitFlipTest {
  private static final int BASE_OFFSET_END = 8;
  private static final int LEADER_EPOCH = 12;
  private static final int LEADER_EPOCH_END = 16;

  @ParameterizedTest
  @EnumSource(Compression.class)
  void everyFlippedBitIsFoundExceptInBaseOffsetAndLeaderEpoch(Compression compression) {
    ByteBuffer batch = Forge.valid(20, compression);
    assertThat(RecordBatch.at(batch, 0).compression()).isEqualTo(compression);
    for (int at = 0; at < batch.limit(); at++) {
      for (int bit = 0; bit < 8; bit++) {
        batch.put(at, (byte) (batch.get(at) ^ (1 << bit)));
        if (at < BASE_OFFSET_END || (at >= LEADER_EPOCH && at < LEADER_EPOCH_END)) {
          assertThatCode(() -> BatchValidator.validate(batch, BatchLimits.DEFAULT))
              .doesNotThrowAnyException();
        } else {
          assertThat(catchThrowable(() -> BatchValidator.validate(batch, BatchLimits.DEFAULT)))
              .as("bit %d of byte %d", bit, at)
              .isInstanceOf(InvalidBatchException.class);
        }
        batch.put(at, (byte) (batch.get(at) ^ (1 << bit)));
      }
    }
    BatchValidator.validate(batch, BatchLimits.DEFAULT);
  }
}
