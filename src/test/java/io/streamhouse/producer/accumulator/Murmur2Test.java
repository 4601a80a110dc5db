package io.streamhouse.producer.accumulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.util.Random;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class Murmur2Test {
  @Test
  @Tag("seed-20")
  void everyKeyGoesWhereKafkasClientsSendIt() {
    Random random = new Random(7);
    for (int i = 0; i < 20_000; i++) {
      byte[] key = new byte[i % 67];
      random.nextBytes(key);
      int partitions = 1 + random.nextInt(1_000);

      assertThat(Murmur2.hash(Buffer.buffer(key))).isEqualTo(Utils.murmur2(key));
      assertThat(Murmur2.partition(Buffer.buffer(key), partitions))
          .isEqualTo(Utils.toPositive(Utils.murmur2(key)) % partitions)
          .isBetween(0, partitions - 1);
    }
  }
}
