package io.streamhouse.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamhouse.ErrorCode;
import io.streamhouse.common.PartitionId;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What every {@link SessionStore} and {@link LeaseStore} does. */
public abstract class LeaseStoreContract extends MetadataContract {
  @Test
  void anOpenSessionIsLive() {
    AgentInfo agent = await(store().openSession("a-1", "host-1:9470", "eu-1a", TTL_MS));
    assertThat(agent.agentId()).isEqualTo("a-1");
    assertThat(agent.address()).isEqualTo("host-1:9470");
    assertThat(agent.zone()).isEqualTo("eu-1a");
    assertThat(await(store().liveAgents())).contains(agent);
  }

  @Test
  void twoSessionsOfOneAgentAreTwo() {
    assertThat(session()).isNotEqualTo(session());
  }

  @Test
  void aClosedSessionIsDeadForGood() {
    UUID session = session();
    await(store().closeSession(session));
    assertThat(await(store().heartbeat(session, TTL_MS))).isFalse();
    assertThat(await(store().liveAgents()))
        .extracting(AgentInfo::sessionId)
        .doesNotContain(session);
    await(store().closeSession(session));
    assertThat(await(store().heartbeat(UUID.randomUUID(), TTL_MS))).isFalse();
  }

  @Test
  void anExpiredSessionIsNotLiveButItsOwnHeartbeatRevivesItWhileNobodyHasFencedIt() {
    UUID session = session();
    PartitionId partition = topic(1).get(0);
    acquire(session, partition);
    backend().letExpire(session);
    assertThat(await(store().liveAgents()))
        .extracting(AgentInfo::sessionId)
        .doesNotContain(session);
    assertThat(state(partition).holder()).isEmpty();

    assertThat(await(store().heartbeat(session, TTL_MS))).isTrue();
    assertThat(state(partition).holder()).map(AgentInfo::sessionId).contains(session);
    assertThat(state(partition).epoch()).isEqualTo(1);
  }

  @Test
  void theFirstHolderGetsEpochOne() {
    UUID session = session();
    PartitionId partition = topic(1).get(0);
    PartitionState acquired = acquire(session, partition);
    assertThat(acquired.epoch()).isEqualTo(1);
    assertThat(acquired.holder()).map(AgentInfo::sessionId).contains(session);
    assertThat(state(partition)).isEqualTo(acquired);
  }

  @Test
  void acquiringWhatOneHoldsKeepsTheEpoch() {
    UUID session = session();
    PartitionId partition = topic(1).get(0);
    acquire(session, partition);
    assertThat(acquire(session, partition).epoch()).isEqualTo(1);
  }

  @Test
  void thePartitionOfALiveHolderStaysWithIt() {
    UUID holder = session();
    UUID other = session();
    PartitionId partition = topic(1).get(0);
    acquire(holder, partition);
    PartitionState seen = acquire(other, partition);
    assertThat(seen.holder()).map(AgentInfo::sessionId).contains(holder);
    assertThat(seen.epoch()).isEqualTo(1);
  }

  @Test
  void theEpochGrowsAtEachChangeOfHolderAndNeverFalls() {
    PartitionId partition = topic(1).get(0);
    UUID first = session();
    UUID second = session();
    assertThat(acquire(first, partition).epoch()).isEqualTo(1);
    await(store().releaseLeases(first, List.of(partition)));
    assertThat(state(partition).holder()).isEmpty();
    assertThat(state(partition).epoch()).isEqualTo(1);
    assertThat(acquire(second, partition).epoch()).isEqualTo(2);
    await(store().releaseLeases(second, List.of(partition)));
    assertThat(acquire(first, partition).epoch()).isEqualTo(3);
  }

  @Test
  void anExpiredHolderIsFencedByTheTakeoverForGood() {
    PartitionId partition = topic(1).get(0);
    UUID zombie = session();
    UUID successor = session();
    acquire(zombie, partition);
    backend().letExpire(zombie);
    PartitionState taken = acquire(successor, partition);
    assertThat(taken.holder()).map(AgentInfo::sessionId).contains(successor);
    assertThat(taken.epoch()).isEqualTo(2);
    assertThat(await(store().heartbeat(zombie, TTL_MS))).isFalse();
    failure(store().acquireLeases(zombie, List.of(partition)), ErrorCode.NOT_LEADER);
  }

  @Test
  void theLeasesOfAClosedSessionAreFree() {
    List<PartitionId> partitions = topic(2);
    UUID first = session();
    UUID second = session();
    await(store().acquireLeases(first, partitions));
    await(store().closeSession(first));
    assertThat(state(partitions.get(0)).holder()).isEmpty();
    assertThat(await(store().acquireLeases(second, partitions))).allSatisfy(state -> {
      assertThat(state.holder()).map(AgentInfo::sessionId).contains(second);
      assertThat(state.epoch()).isEqualTo(2);
    });
  }

  @Test
  void anExpiredSessionCannotTakeALease() {
    PartitionId partition = topic(1).get(0);
    UUID session = session();
    backend().letExpire(session);
    failure(store().acquireLeases(session, List.of(partition)), ErrorCode.NOT_LEADER);
    assertThat(state(partition).epoch()).isZero();
  }

  @Test
  void releasingTheLeaseOfAnotherDoesNothing() {
    PartitionId partition = topic(1).get(0);
    UUID holder = session();
    acquire(holder, partition);
    await(store().releaseLeases(session(), List.of(partition)));
    assertThat(state(partition).holder()).map(AgentInfo::sessionId).contains(holder);
  }

  @Test
  void partitionsThatDoNotExistAreLeftOut() {
    PartitionId partition = topic(1).get(0);
    PartitionId missing = new PartitionId(partition.topicId(), 9);
    PartitionId unknown = new PartitionId(UUID.randomUUID(), 0);
    assertThat(await(store().acquireLeases(session(), List.of(missing, partition, unknown))))
        .extracting(PartitionState::id)
        .containsExactly(partition);
    assertThat(await(store().partitionStates(List.of(missing, partition, unknown))))
        .containsOnlyKeys(partition);
    assertThat(await(store().acquireLeases(session(), List.of()))).isEmpty();
  }

  @Test
  void oneRequestTakesWhatIsFreeAndTellsWhoHasTheRest() {
    List<PartitionId> partitions = topic(3);
    UUID first = session();
    UUID second = session();
    acquire(first, partitions.get(1));
    List<PartitionState> states = await(store().acquireLeases(second, partitions));
    assertThat(states)
        .extracting(state -> state.holder().orElseThrow().sessionId())
        .containsExactlyInAnyOrder(second, first, second);
  }
}
