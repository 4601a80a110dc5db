package io.streamhouse.agent;

import static org.assertj.core.api.Assertions.assertThatCode;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Random faults on virtual time; a failure names its seed, which repeats it. */
class AgentPropertyTest {
  private static final int SEEDS = 300;

  @Test
  @Tag("never-01")
  @Tag("never-02")
  @Tag("never-05")
  @Tag("never-06")
  @Tag("never-07")
  @Tag("never-08")
  void noMixOfFaultsLosesRepeatsOrReordersARecord() {
    long first = Long.getLong("seed", 0);
    for (long seed = first; seed < first + SEEDS; seed++) {
      ClusterSimulation simulation = new ClusterSimulation(seed);
      assertThatCode(simulation::run).as("seed %d", seed).doesNotThrowAnyException();
    }
  }
}
