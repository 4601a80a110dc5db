package io.streamhouse.producer.router;

import static io.streamhouse.producer.router.LeaseCacheTest.A;
import static io.streamhouse.producer.router.LeaseCacheTest.B;
import static io.streamhouse.producer.router.LeaseCacheTest.C;
import static io.streamhouse.producer.router.LeaseCacheTest.P0;
import static io.streamhouse.producer.router.LeaseCacheTest.TOPIC;
import static io.streamhouse.producer.router.LeaseCacheTest.lease;
import static io.streamhouse.producer.router.LeaseCacheTest.snapshot;
import static org.assertj.core.api.Assertions.assertThat;

import io.streamhouse.ErrorCode;
import io.streamhouse.ProducerOptions;
import io.streamhouse.StreamHouseException;
import io.streamhouse.bus.BatchAck;
import io.streamhouse.bus.RouteChanged;
import io.streamhouse.bus.RouteFailure;
import io.streamhouse.bus.RoutedBatch;
import io.streamhouse.bus.SealedBatch;
import io.streamhouse.bus.TopicAnswer;
import io.streamhouse.bus.TopicQuery;
import io.streamhouse.common.AgentAddress;
import io.streamhouse.common.PartitionId;
import io.streamhouse.common.RendezvousHash;
import io.streamhouse.common.RetryPolicy;
import io.streamhouse.testing.VirtualTime;
import io.vertx.core.Future;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class RoutingCoreTest implements RouterOutput {
  private static final StreamHouseException DOWN =
      StreamHouseException.of(ErrorCode.UNAVAILABLE, "cannot reach an agent (Connection refused)");

  private final VirtualTime time = new VirtualTime();
  private final List<RoutedBatch> forwarded = new ArrayList<>();
  private final List<RouteChanged> rerouted = new ArrayList<>();
  private final List<TopicAnswer> answers = new ArrayList<>();
  private final List<BatchAck> givenUp = new ArrayList<>();
  private final List<AgentAddress> asked = new ArrayList<>();
  private Function<AgentAddress, Future<LeaseUpdate.Snapshot>> agents =
      agent -> Future.failedFuture(DOWN);
  private final RoutingCore core = new RoutingCore(
      new ProducerOptions().setBootstrap(List.of("a:1", "b:1")),
      time,
      new RetryPolicy(100, 10_000, max -> max),
      (agent, topics) -> {
        asked.add(agent);
        return agents.apply(agent);
      },
      this);
  private long batchIds;

  private void leases(LeaseUpdate.Snapshot snapshot) {
    agents = agent -> Future.succeededFuture(snapshot);
  }

  private SealedBatch batch(int partition) {
    SealedBatch batch = new SealedBatch(
        batchIds++,
        "t",
        new PartitionId(TOPIC, partition),
        ByteBuffer.allocate(0),
        1,
        time.nanoTime() + 120_000_000_000L);
    core.onBatch(batch);
    return batch;
  }

  private void query(String topic) {
    core.onQuery(new TopicQuery(topic, null));
    time.settle();
  }

  private void notLeader(AgentNode agent, AgentNode holder) {
    core.onRouteFailure(new RouteFailure(
        P0,
        "t",
        agent.address(),
        StreamHouseException.notLeader(
            "no", holder == null ? null : holder.address().toString())));
    time.settle();
  }

  @Test
  void aTopicIsAnsweredOnceItIsKnownAndFromMemoryAfterwards() {
    leases(snapshot(3, Map.of(), A));
    query("t");
    query("t");

    assertThat(answers).containsOnly(TopicAnswer.known("t", TOPIC, 3)).hasSize(2);
    assertThat(asked).hasSize(1);
  }

  @Test
  void aTopicThatDoesNotExistIsSaidSo() {
    leases(new LeaseUpdate.Snapshot(List.of(), Set.of("nope"), List.of(A)));
    query("nope");

    assertThat(answers).singleElement().satisfies(answer -> {
      assertThat(answer.failure().code()).isEqualTo(ErrorCode.UNKNOWN_TOPIC);
      assertThat(answer.failure()).hasMessage("Topic 'nope' does not exist");
    });
  }

  @Test
  void aStaleIdIsNeverTheAnswer() {
    leases(snapshot(1, Map.of(), A));
    query("t");
    core.onQuery(new TopicQuery("t", TOPIC));
    time.advanceMs(5_000);
    assertThat(answers).hasSize(1);
    assertThat(asked).hasSizeBetween(3, 10);

    leases(new LeaseUpdate.Snapshot(List.of(), Set.of("t"), List.of(A)));
    time.advanceMs(10_000);
    assertThat(answers).hasSize(2);
  }

  @Test
  void theHolderGetsTheBatches() {
    leases(snapshot(2, Map.of(0, lease(1, B)), A, B));
    query("t");
    batch(0);

    assertThat(forwarded).extracting(RoutedBatch::agent).containsExactly(B.address());
  }

  @Test
  void withoutALeaseTheRendezvousHashDecides() {
    leases(snapshot(50, Map.of(), A, B, C));
    query("t");
    for (int partition = 0; partition < 50; partition++) {
      batch(partition);
      AgentNode expected = RendezvousHash.choose(
              new PartitionId(TOPIC, partition), List.of(A, B, C), AgentNode::agentId)
          .orElseThrow();
      assertThat(forwarded.get(partition).agent()).isEqualTo(expected.address());
    }
  }

  @Test
  void aNamedHolderTakesOverAtOnce() {
    leases(snapshot(1, Map.of(0, lease(1, A)), A, B));
    query("t");
    batch(0);
    leases(snapshot(1, Map.of(0, lease(2, B)), A, B));
    notLeader(A, B);

    assertThat(rerouted).hasSize(1);
    assertThat(rerouted.get(0).agent()).isEqualTo(B.address());
    assertThat(rerouted.get(0).revision()).isGreaterThan(forwarded.get(0).revision());
    batch(0);
    assertThat(forwarded.get(1).agent()).isEqualTo(B.address());
    assertThat(forwarded.get(1).revision()).isEqualTo(rerouted.get(0).revision());
  }

  @Test
  void anUnreachableHolderKeepsItsPartitionsUntilTheLeaseMoves() {
    leases(snapshot(1, Map.of(0, lease(1, A)), A, B));
    query("t");
    batch(0);
    core.onRouteFailure(new RouteFailure(P0, "t", A.address(), DOWN));
    time.advanceMs(1_000);
    assertThat(rerouted).isEmpty();
    assertThat(asked).hasSizeGreaterThan(1);
    assertThat(asked.get(1)).isEqualTo(A.address());

    leases(snapshot(1, Map.of(0, lease(2, B)), B));
    core.onRouteFailure(new RouteFailure(P0, "t", A.address(), DOWN));
    time.advanceMs(100);

    assertThat(rerouted).extracting(RouteChanged::agent).containsExactly(B.address());
  }

  @Test
  void anUnreachableAgentWithoutALeaseIsPassedOver() {
    leases(snapshot(1, Map.of(), A, B));
    query("t");
    AgentAddress first = forwarded(batch(0));
    core.onRouteFailure(new RouteFailure(P0, "t", first, DOWN));

    assertThat(rerouted).hasSize(1);
    assertThat(rerouted.get(0).agent()).isNotEqualTo(first);
  }

  private AgentAddress forwarded(SealedBatch batch) {
    return forwarded.get((int) batch.batchId()).agent();
  }

  @Test
  void anAgentThatDoesNotAnswerIsFollowedByTheNextAndThenByAPause() {
    query("t");
    assertThat(asked).containsExactly(A.address(), B.address());
    assertThat(answers).hasSize(2).allMatch(answer -> answer.failure() == DOWN);
    time.advanceMs(99);
    assertThat(asked).hasSize(2);
    time.advanceMs(1);
    assertThat(asked).hasSize(4);
    time.advanceMs(199);
    assertThat(asked).hasSize(4);
    time.advanceMs(1);
    assertThat(asked).hasSize(6);

    agents = agent -> agent.equals(B.address())
        ? Future.succeededFuture(snapshot(1, Map.of(), B))
        : Future.failedFuture(DOWN);
    time.advanceMs(400);
    assertThat(answers).contains(TopicAnswer.known("t", TOPIC, 1));
  }

  @Test
  void batchesThatNoAgentIsKnownForWaitInOrder() {
    leases(snapshot(1, Map.of()));
    query("t");
    batch(0);
    batch(0);
    batch(0);
    assertThat(forwarded).isEmpty();

    leases(snapshot(1, Map.of(0, lease(1, A)), A));
    time.advanceMs(1_000);

    assertThat(forwarded)
        .extracting(routed -> routed.batch().batchId())
        .containsExactly(0L, 1L, 2L);
  }

  @Test
  void batchesThatNoAgentIsEverKnownForEndInADeliveryTimeoutWithTheCause() {
    leases(snapshot(1, Map.of()));
    query("t");
    batch(0);
    agents = agent -> Future.failedFuture(DOWN);
    time.advanceMs(121_000);

    assertThat(givenUp).singleElement().satisfies(ack -> {
      assertThat(ack.failure().code()).isEqualTo(ErrorCode.DELIVERY_TIMEOUT);
      assertThat(ack.failure()).hasMessageContaining("Connection refused");
      assertThat(ack.failure().mayHaveBeenWritten()).isFalse();
    });
  }

  @Test
  void thousandsOfReportsShareALookup() {
    leases(snapshot(1, Map.of(0, lease(1, A)), A, B));
    query("t");
    batch(0);
    for (int i = 0; i < 5_000; i++) {
      core.onRouteFailure(new RouteFailure(P0, "t", A.address(), DOWN));
    }
    time.advanceMs(1_000);

    assertThat(asked).hasSizeLessThan(5);
  }

  @Test
  void theTableIsRefreshedWithoutAReasonNowAndThen() {
    leases(snapshot(1, Map.of(0, lease(1, A)), A, B));
    query("t");
    batch(0);
    leases(snapshot(4, Map.of(0, lease(2, B)), A, B));
    time.advanceMs(30_000);

    assertThat(rerouted).extracting(RouteChanged::agent).containsExactly(B.address());
    assertThat(answers).contains(TopicAnswer.known("t", TOPIC, 4));
    core.close();
    assertThat(time.waiting()).isZero();
  }

  @Override
  public void forward(RoutedBatch batch) {
    forwarded.add(batch);
  }

  @Override
  public void reroute(RouteChanged route) {
    rerouted.add(route);
  }

  @Override
  public void answer(TopicAnswer answer) {
    answers.add(answer);
  }

  @Override
  public void giveUp(BatchAck ack) {
    givenUp.add(ack);
  }
}
