package io.streamhouse.agent;

import static io.streamhouse.agent.AgentHarness.batch;
import static io.streamhouse.agent.AgentHarness.codeOf;
import static io.streamhouse.agent.AgentHarness.options;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.streamhouse.ErrorCode;
import io.streamhouse.StreamHouseException;
import io.streamhouse.proto.v1.FetchPartition;
import io.streamhouse.proto.v1.FetchRequest;
import io.streamhouse.proto.v1.FetchResponse;
import io.streamhouse.testing.MemoryMetadataStore.CommitFault;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Faults that meet each other, or meet an agent at a bad moment. */
class AgentFaultTest {
  private final AgentHarness harness = new AgentHarness();

  @Test
  void aStoredSegmentWhoseOnlyLeaseIsLostDoesNotStopTheOthers() {
    Agent agent = harness.startAgent(options().setFlushIntervalMs(0));
    harness.append(agent, 0, batch("x"));
    harness.metadata.failNextCommit(CommitFault.REFUSED);
    Future<AppendResult> first = agent.append(harness.partition(0), batch("a"));
    harness.time.settle();
    Future<AppendResult> second = agent.append(harness.partition(0), batch("b"));
    harness.time.settle();
    assertThat(harness.storage.objects()).as("both are stored").hasSize(3);

    harness.takeLeaseAway(0);
    harness.time.advanceMs(1_000);
    assertThat(codeOf(first)).isEqualTo(ErrorCode.NOT_LEADER);
    assertThat(codeOf(second)).isEqualTo(ErrorCode.NOT_LEADER);
    assertThat(agent.memory().bytes()).isZero();
    assertThat(harness.append(agent, 1, batch("c"))).isZero();
    assertThat(harness.append(agent, 0, batch("a"))).isEqualTo(1);
  }

  @Test
  void anAgentThatStopsWhileItJoinsLeavesNoSessionBehind() {
    Agent agent = harness.startAgent();
    Promise<Void> opened = Promise.promise();
    harness.metadata.holdNextOpening(opened.future());
    harness.metadata.closeSession(harness.metadata.liveAgents().result().get(0).sessionId());
    harness.time.advanceMs(5_000);
    assertThat(agent.isReady()).as("while it joins again").isFalse();

    Future<Void> stopped = agent.stop();
    opened.complete();
    harness.time.settle();
    assertThat(stopped.succeeded()).isTrue();
    assertThat(harness.metadata.liveAgents().result()).isEmpty();
    assertThat(harness.time.waiting()).as("timers left").isZero();
  }

  @Test
  @Tag("never-13")
  void aBatchThatMovesOnInsideDoesNotMakeRoomForOthers() {
    Agent agent =
        harness.startAgent(options().setBufferBytesMax(1 << 20).setFlushBytesMax(1 << 20));
    Promise<Void> upload = Promise.promise();
    harness.storage.holdNextPut(upload.future());
    agent.append(harness.partition(0), batch("x".repeat(600_000)));
    agent.append(harness.partition(0), batch("y".repeat(600_000)));
    assertThat(agent.memory().isFull()).as("while they wait for the lease").isTrue();
    boolean[] open = new boolean[1];
    agent.memory().whenOpen(() -> open[0] = true);
    harness.time.advanceMs(1_000);
    assertThat(open[0]).as("while the upload hangs").isFalse();

    upload.complete();
    harness.time.settle();
    assertThat(open[0]).isTrue();
  }

  @Test
  @Tag("never-02")
  void partsOfABatchInFlightAreNotAcknowledgedBeforeItIsDurable() {
    Agent agent = harness.startAgent();
    harness.append(agent, 0, batch(harness.producerId, 0, 0, "a", "b"));
    Promise<Void> upload = Promise.promise();
    harness.storage.holdNextPut(upload.future());
    agent.append(harness.partition(0), batch(harness.producerId, 0, 2, "c", "d", "e"));
    harness.time.advanceMs(200);

    Future<AppendResult> middle =
        agent.append(harness.partition(0), batch(harness.producerId, 0, 3, "d"));
    Future<AppendResult> across =
        agent.append(harness.partition(0), batch(harness.producerId, 0, 0, "a", "b", "c"));
    Future<AppendResult> durable =
        agent.append(harness.partition(0), batch(harness.producerId, 0, 1, "b"));
    assertThat(codeOf(middle)).isEqualTo(ErrorCode.INVALID_ARGUMENT);
    assertThat(codeOf(across)).isEqualTo(ErrorCode.INVALID_ARGUMENT);
    assertThat(durable.result()).isEqualTo(new AppendResult(1, true));
  }

  @Test
  void aBatchThatWaitsForALeaseWhenTheSessionEndsWasDefinitelyNotWritten() {
    Agent agent = harness.startAgent();
    Future<AppendResult> waiting = agent.append(harness.partition(0), batch("a"));
    assertThat(agent.stop().succeeded()).isTrue();
    harness.time.settle();
    assertThat(codeOf(waiting)).isEqualTo(ErrorCode.UNAVAILABLE);
    assertThat(((StreamHouseException) waiting.cause()).mayHaveBeenWritten()).isFalse();
  }

  @Test
  void aCommitWhileAFetchReadsAnotherPartitionWakesIt() {
    Agent agent = harness.startAgent(options().setTailCacheBytesMax(0).setFlushIntervalMs(0));
    harness.append(agent, 0, batch("x"));
    harness.append(agent, 1, batch("y"));
    Promise<Void> read = Promise.promise();
    harness.storage.holdNextGet(read.future());
    Future<FetchResponse> fetch = new FetchCall(
            agent,
            FetchRequest.newBuilder()
                .setMaxWaitMs(30_000)
                .setMinBytes(150)
                .addPartitions(fetchOf(0, 1))
                .addPartitions(fetchOf(1, 0))
                .build())
        .run();
    harness.append(agent, 0, batch("z".repeat(200)));
    read.complete();
    harness.time.advanceMs(100);
    assertThat(fetch.succeeded()).isTrue();
    assertThat(fetch.result().getPartitions(0).getBatches().size()).isGreaterThan(200);
  }

  private FetchPartition fetchOf(int partition, long offset) {
    ByteString topicId = ByteStrings.of(harness.topic.id());
    return FetchPartition.newBuilder()
        .setTopicId(topicId)
        .setPartition(partition)
        .setOffset(offset)
        .build();
  }
}
