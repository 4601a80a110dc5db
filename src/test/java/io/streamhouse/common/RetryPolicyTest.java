package io.streamhouse.common;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamhouse.ProducerOptions;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class RetryPolicyTest {
  private static long[] ceilings(RetryPolicy policy, int attempts) {
    return IntStream.range(0, attempts).mapToLong(policy::ceilingMs).toArray();
  }

  @Test
  @Tag("seed-09")
  void theDefaultsAreOneHundredMillisecondsUpToTenSeconds() {
    assertThat(ProducerOptions.DEFAULT_RETRY_BACKOFF_MS).isEqualTo(100);
    assertThat(ProducerOptions.DEFAULT_RETRY_BACKOFF_MAX_MS).isEqualTo(10_000);
    assertThat(ProducerOptions.DEFAULT_RETRIES_MAX).isEqualTo(Integer.MAX_VALUE);
    assertThat(ProducerOptions.DEFAULT_DELIVERY_TIMEOUT_MS).isEqualTo(120_000);
  }

  @Test
  @Tag("seed-10")
  void delaysDouble() {
    assertThat(ceilings(new RetryPolicy(100, 10_000, max -> max), 5))
        .containsExactly(100, 200, 400, 800, 1_600);
  }

  @Test
  @Tag("seed-11")
  void delaysAreCapped() {
    assertThat(ceilings(new RetryPolicy(1_000, 10_000, max -> max), 6))
        .containsExactly(1_000, 2_000, 4_000, 8_000, 10_000, 10_000);
  }

  @Test
  @Tag("seed-11")
  void theExponentCannotOverflow() {
    RetryPolicy policy = new RetryPolicy(3, Long.MAX_VALUE, max -> max);
    long[] delays = ceilings(policy, 1_000);
    assertThat(LongStream.of(delays)).allMatch(delay -> delay >= 3).isSorted();
    assertThat(policy.ceilingMs(Integer.MAX_VALUE)).isEqualTo(Long.MAX_VALUE);
    assertThat(new RetryPolicy(100, 10_000, max -> max).ceilingMs(-1)).isEqualTo(100);
  }

  @Test
  void jitterIsFull() {
    assertThat(new RetryPolicy(100, 10_000, max -> 0).delayMs(3)).isZero();
    assertThat(new RetryPolicy(100, 10_000, max -> max).delayMs(3)).isEqualTo(800);
  }

  @Test
  void aCapBelowTheFirstDelayIsRefused() {
    assertThatThrownBy(() -> new RetryPolicy(100, 99, max -> max))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
