package io.streamhouse.common;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class RendezvousHashTest {
  private static final UUID TOPIC = UUID.fromString("0192f0c1-7d5e-7000-8000-00000000abcd");

  private static List<String> agents(int count) {
    List<String> agents = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      agents.add("agent-" + i);
    }
    return agents;
  }

  private static String choose(int partition, List<String> agents) {
    return RendezvousHash.choose(new PartitionId(TOPIC, partition), agents, Function.identity())
        .orElseThrow();
  }

  @Test
  void scoresAreThoseOfTheGoldenVectors() throws IOException {
    try (InputStream in = getClass().getResourceAsStream("/rendezvous-vectors.csv")) {
      List<String> lines = new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .toList();
      assertThat(lines).hasSizeGreaterThanOrEqualTo(12);
      for (String line : lines) {
        String[] fields = line.split(",");
        PartitionId partition =
            new PartitionId(UUID.fromString(fields[1]), Integer.parseInt(fields[2]));
        assertThat(Long.toHexString(RendezvousHash.score(fields[0], partition)))
            .as(line)
            .isEqualTo(fields[3]);
      }
    }
  }

  @Test
  void theOrderOfTheCandidatesIsIrrelevant() {
    List<String> agents = agents(7);
    List<String> shuffled = new ArrayList<>(agents);
    Collections.shuffle(shuffled, new Random(1));
    for (int partition = 0; partition < 100; partition++) {
      assertThat(choose(partition, shuffled)).isEqualTo(choose(partition, agents));
    }
  }

  @Test
  void nobodyIsChosenAmongNobody() {
    assertThat(RendezvousHash.choose(new PartitionId(TOPIC, 0), List.<String>of(), id -> id))
        .isEmpty();
  }

  @Test
  void aTenthAgentTakesItsShareAndMovesNothingElse() {
    List<String> nine = agents(9);
    List<String> ten = agents(10);
    int moved = 0;
    for (int partition = 0; partition < 1_000; partition++) {
      String before = choose(partition, nine);
      String after = choose(partition, ten);
      if (!before.equals(after)) {
        assertThat(after).isEqualTo("agent-9");
        moved++;
      }
    }
    assertThat(moved).isBetween(50, 150);
  }

  @Test
  void partitionsSpreadEvenly() {
    Map<String, Integer> shares = new HashMap<>();
    for (int partition = 0; partition < 10_000; partition++) {
      shares.merge(choose(partition, agents(5)), 1, Integer::sum);
    }
    assertThat(shares).hasSize(5);
    assertThat(shares.values()).allMatch(share -> share > 1_800 && share < 2_200);
  }
}
