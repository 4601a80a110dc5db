package io.streamhouse.producer.accumulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StickyChooserTest {
  private final StickyChooser chooser = new StickyChooser(new Random(3)::nextInt);

  @Test
  void theNextPartitionIsAnotherOneInRange() {
    int previous = -1;
    Set<Integer> seen = new HashSet<>();
    for (int i = 0; i < 200; i++) {
      int next = chooser.next("t", 5, previous);
      assertThat(next).isBetween(0, 4).isNotEqualTo(previous);
      seen.add(next);
      previous = next;
    }
    assertThat(seen).hasSize(5);
  }

  @Test
  void aTopicOfOnePartitionHasNoOther() {
    assertThat(chooser.next("t", 1, -1)).isZero();
    assertThat(chooser.next("t", 1, 0)).isZero();
  }
}
