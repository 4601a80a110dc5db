package io.streamhouse.producer.router;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamhouse.common.AgentAddress;
import io.streamhouse.common.PartitionId;
import io.streamhouse.producer.router.LeaseUpdate.Lease;
import io.streamhouse.producer.router.LeaseUpdate.NotLeader;
import io.streamhouse.producer.router.LeaseUpdate.Snapshot;
import io.streamhouse.producer.router.LeaseUpdate.TopicLeases;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class LeaseCacheTest {
  static final UUID TOPIC = new UUID(7, 7);
  static final PartitionId P0 = new PartitionId(TOPIC, 0);
  static final AgentNode A = new AgentNode("a", new AgentAddress("a", 1), "");
  static final AgentNode B = new AgentNode("b", new AgentAddress("b", 1), "");
  static final AgentNode C = new AgentNode("c", new AgentAddress("c", 1), "");

  private final LeaseCache cache = new LeaseCache();

  static Snapshot snapshot(int partitions, Map<Integer, Lease> leases, AgentNode... agents) {
    return new Snapshot(
        List.of(new TopicLeases("t", TOPIC, partitions, leases)), Set.of(), List.of(agents));
  }

  static Lease lease(int epoch, AgentNode holder) {
    return new Lease(epoch, holder.address());
  }

  @Test
  void aSnapshotIsWhatIsKnown() {
    assertThat(cache.apply(snapshot(2, Map.of(0, lease(1, A)), A, B))).isTrue();
    assertThat(cache.apply(snapshot(2, Map.of(0, lease(1, A)), A, B))).isFalse();

    assertThat(cache.holder(P0)).contains(A.address());
    assertThat(cache.holder(new PartitionId(TOPIC, 1))).isEmpty();
    assertThat(cache.agents()).containsExactly(A, B);
    assertThat(cache.topic("t")).contains(new LeaseCache.TopicEntry(TOPIC, 2));
  }

  @Test
  void anOlderEpochThatComesLateChangesNothing() {
    cache.apply(snapshot(1, Map.of(0, lease(5, B)), A, B));
    assertThat(cache.apply(snapshot(1, Map.of(0, lease(4, A)), A, B))).isFalse();
    assertThat(cache.holder(P0)).contains(B.address());
  }

  @Test
  void aLeaseThatIsGivenUpIsForgottenButItsEpochIsNot() {
    cache.apply(snapshot(1, Map.of(0, lease(5, B)), A, B));
    cache.apply(snapshot(1, Map.of(), A, B));
    assertThat(cache.holder(P0)).isEmpty();

    cache.apply(snapshot(1, Map.of(0, lease(4, A)), A, B));
    assertThat(cache.holder(P0)).isEmpty();
  }

  @Test
  void aDenialMovesThePartitionToTheHolderThatItNames() {
    cache.apply(snapshot(1, Map.of(0, lease(1, A)), A, B));
    assertThat(cache.apply(new NotLeader(P0, A.address(), B.address()))).isTrue();
    assertThat(cache.holder(P0)).contains(B.address());
  }

  @Test
  void aDenialWithoutAHolderForgetsTheLease() {
    cache.apply(snapshot(1, Map.of(0, lease(1, A)), A, B));
    assertThat(cache.apply(new NotLeader(P0, A.address(), null))).isTrue();
    assertThat(cache.holder(P0)).isEmpty();
  }

  @Test
  void aDenialByAnAgentThatIsNotTheHolderAnyMoreChangesNothing() {
    cache.apply(snapshot(1, Map.of(0, lease(2, B)), A, B));
    assertThat(cache.apply(new NotLeader(P0, A.address(), C.address()))).isFalse();
    assertThat(cache.holder(P0)).contains(B.address());
  }

  @Test
  void aTopicMadeAgainHasNothingOfTheOldOne() {
    cache.apply(snapshot(1, Map.of(0, lease(9, A)), A));
    UUID fresh = new UUID(8, 8);
    cache.apply(new Snapshot(
        List.of(new TopicLeases("t", fresh, 1, Map.of(0, lease(1, A)))), Set.of(), List.of(A)));

    assertThat(cache.holder(P0)).isEmpty();
    assertThat(cache.holder(new PartitionId(fresh, 0))).contains(A.address());
  }

  @Test
  void aDeletedTopicIsForgottenWithoutDisturbingOthers() {
    UUID other = new UUID(9, 9);
    cache.apply(snapshot(1, Map.of(0, lease(1, A)), A));
    cache.apply(new Snapshot(
        List.of(new TopicLeases("other", other, 1, Map.of(0, lease(1, A)))),
        Set.of("t"),
        List.of(A)));

    assertThat(cache.topic("t")).isEmpty();
    assertThat(cache.holder(P0)).isEmpty();
    assertThat(cache.holder(new PartitionId(other, 0))).contains(A.address());
  }
}
