package io.streamhouse.common;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/**
 * Highest-random-weight hashing: every candidate gets a score for a partition, the highest wins. A candidate that
 * comes or goes moves only the partitions that it wins, about 1/n of them.
 *
 * <p>The score depends on the candidate's id, the topic's id and the partition alone, and is part of the protocol:
 * producers and agents of any version, on any machine, must agree on it (golden vectors: {@code
 * src/test/resources/rendezvous-vectors.csv}). It is
 *
 * <pre>
 * h = FNV-1a 64 of the candidate's id in UTF-8
 * h = mix(h ^ topicId.mostSignificantBits)
 * h = mix(h ^ topicId.leastSignificantBits)
 * h = mix(h ^ partition)
 * </pre>
 *
 * <p>where {@code mix} adds 0x9E3779B97F4A7C15 and applies the 64-bit finalizer of SplitMix64 ("Fast Splittable
 * Pseudorandom Number Generators", Steele, Lea, Flood, 2014). Scores compare as unsigned numbers; equal ones are
 * decided by the greater id.
 */
public final class RendezvousHash {
  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  private RendezvousHash() {}

  /** The score of a candidate for a partition. */
  public static long score(String candidateId, PartitionId partitionId) {
    long hash = FNV_OFFSET;
    for (byte b : candidateId.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xff)) * FNV_PRIME;
    }
    UUID topicId = partitionId.topicId();
    hash = mix(hash ^ topicId.getMostSignificantBits());
    hash = mix(hash ^ topicId.getLeastSignificantBits());
    return mix(hash ^ partitionId.partition());
  }

  /**
   * The candidate that should lead a partition; empty when there are none. The order of the candidates is irrelevant.
   *
   * @param id gives a candidate's id, unique among them
   */
  public static <T> Optional<T> choose(
      PartitionId partitionId, Collection<T> candidates, Function<? super T, String> id) {
    return candidates.stream().max((left, right) -> {
      String leftId = id.apply(left);
      String rightId = id.apply(right);
      int order = Long.compareUnsigned(score(leftId, partitionId), score(rightId, partitionId));
      return order != 0 ? order : leftId.compareTo(rightId);
    });
  }

  private static long mix(long value) {
    long z = value + 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
