package io.streamhouse.agent;

import static io.streamhouse.agent.AgentHarness.batch;
import static io.streamhouse.agent.AgentHarness.codeOf;
import static io.streamhouse.agent.AgentHarness.options;
import static org.assertj.core.api.Assertions.assertThat;

import io.streamhouse.ErrorCode;
import io.streamhouse.StreamHouseException;
import io.streamhouse.common.PartitionId;
import io.streamhouse.common.ProducerIdentity;
import io.streamhouse.segment.SegmentChunk;
import io.streamhouse.segment.SegmentReader;
import io.streamhouse.storage.StorageException;
import io.streamhouse.testing.MemoryMetadataStore.CommitFault;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class AgentTest {
  private final AgentHarness harness = new AgentHarness();

  @Test
  void batchesOfAllPartitionsShareOneObject() {
    Agent agent = harness.startAgent();
    harness.append(agent, 0, batch("first"));

    List<Future<AppendResult>> results = new ArrayList<>();
    for (int partition = 0; partition < 4; partition++) {
      results.add(agent.append(harness.partition(partition), batch("a" + partition)));
    }
    harness.time.advanceMs(200);

    assertThat(results).allMatch(Future::succeeded);
    assertThat(harness.storage.objects()).hasSize(2);
    ByteBuffer second = harness.storage.objects().lastEntry().getValue();
    assertThat(SegmentReader.parse(second).chunks())
        .extracting(SegmentChunk::partitionId)
        .containsExactly(
            harness.partition(0), harness.partition(1), harness.partition(2), harness.partition(3));
  }

  @Test
  @Tag("never-02")
  void nothingIsAcknowledgedBeforeItIsStoredAndCommitted() {
    Agent agent = harness.startAgent();
    Promise<Void> upload = Promise.promise();
    harness.storage.holdNextPut(upload.future());
    harness.metadata.failNextCommit(CommitFault.REFUSED);

    Future<AppendResult> result = agent.append(harness.partition(0), batch("value"));
    harness.time.advanceMs(1_000);
    assertThat(result.isComplete()).as("while the upload hangs").isFalse();

    upload.complete();
    harness.time.settle();
    assertThat(result.isComplete()).as("stored, but not committed").isFalse();
    assertThat(harness.read(agent, 0)).isEmpty();

    harness.time.advanceMs(1_000);
    assertThat(result.result().baseOffset()).isZero();
    assertThat(harness.read(agent, 0)).containsExactly("value");
  }

  @Test
  @Tag("never-01")
  void anUploadThatFailsKeepsItsDataAndIsTriedAgain() {
    Agent agent = harness.startAgent();
    for (StorageException.Kind kind : List.of(
        StorageException.Kind.UNAVAILABLE,
        StorageException.Kind.FULL,
        StorageException.Kind.ACCESS_DENIED,
        StorageException.Kind.REJECTED)) {
      harness.storage.failNextPut(kind);
    }
    assertThat(harness.append(agent, 0, batch("a", "b"))).isZero();
    assertThat(harness.read(agent, 0)).containsExactly("a", "b");
    assertThat(harness.storage.objects()).hasSize(1);
  }

  @Test
  void anUploadWhoseAnswerIsLostIsRecognisedAsOurOwn() {
    Agent agent = harness.startAgent();
    harness.storage.loseAnswerOfNextPut();
    assertThat(harness.append(agent, 0, batch("a"))).isZero();
    assertThat(harness.storage.objects()).hasSize(1);
    assertThat(harness.storage.putKeys()).hasSize(2);
  }

  @Test
  void aKeyThatHoldsSomebodyElsesObjectIsLeftAloneAndTheDataGoesElsewhere() {
    Agent agent = harness.startAgent();
    harness.append(agent, 0, batch("a"));
    String next = harness.storage.putKeys().get(0).replace("0000000000000000", "0000000000000001");
    harness.storage.putIfAbsent(
        next,
        List.of(ByteBuffer.wrap("not a segment, but long enough for its header......".getBytes())));

    assertThat(harness.append(agent, 0, batch("b"))).isEqualTo(1);
    assertThat(harness.read(agent, 0)).containsExactly("a", "b");
  }

  @Test
  @Tag("never-03")
  void aCommitThatHappenedButWhoseAnswerIsLostIsAcknowledgedWithItsOffsets() {
    Agent agent = harness.startAgent();
    harness.metadata.failNextCommit(CommitFault.LOST_AFTER);
    assertThat(harness.append(agent, 0, batch("a", "b"))).isZero();
    assertThat(harness.append(agent, 0, batch("c"))).isEqualTo(2);
    assertThat(harness.read(agent, 0)).containsExactly("a", "b", "c");
    assertThat(harness.storage.objects()).hasSize(2);
  }

  @Test
  @Tag("never-03")
  void aCommitThatDidNotHappenAndWhoseAnswerIsLostGoesOutAgainUnderANewKeyBeforeWhatCameLater() {
    Agent agent = harness.startAgent(options().setFlushIntervalMs(0));
    harness.metadata.failNextCommit(CommitFault.LOST_BEFORE);
    Future<AppendResult> first = agent.append(harness.partition(0), batch("a", "b"));
    harness.time.settle();
    Future<AppendResult> second = agent.append(harness.partition(0), batch("c"));
    harness.time.advanceMs(2_000);

    assertThat(first.result().baseOffset()).isZero();
    assertThat(second.result().baseOffset()).isEqualTo(2);
    assertThat(harness.read(agent, 0)).containsExactly("a", "b", "c");
    assertThat(harness.storage.objects()).hasSize(3);
  }

  @Test
  void uploadsThatFinishOutOfOrderAreCommittedInOrder() {
    Agent agent = harness.startAgent(options().setFlushIntervalMs(0));
    harness.append(agent, 0, batch("a"));
    Promise<Void> slow = Promise.promise();
    harness.storage.holdNextPut(slow.future());
    Future<AppendResult> first = agent.append(harness.partition(0), batch("b"));
    harness.time.advanceMs(10);
    Future<AppendResult> second = agent.append(harness.partition(0), batch("c"));
    harness.time.advanceMs(10);

    assertThat(harness.storage.objects()).as("the second is stored first").hasSize(2);
    assertThat(second.isComplete()).isFalse();
    slow.complete();
    harness.time.settle();
    assertThat(first.result().baseOffset()).isEqualTo(1);
    assertThat(second.result().baseOffset()).isEqualTo(2);
    assertThat(harness.metadata.commits()).as("both in one transaction").isEqualTo(2);
  }

  @Test
  @Tag("never-05")
  void aCopyOfABatchInFlightWaitsForTheSameAnswer() {
    Agent agent = harness.startAgent();
    harness.append(agent, 0, batch("x"));
    Future<AppendResult> first =
        agent.append(harness.partition(0), batch(harness.producerId, 0, 0, "a", "b"));
    Future<AppendResult> copy =
        agent.append(harness.partition(0), batch(harness.producerId, 0, 0, "a", "b"));
    harness.time.advanceMs(200);

    assertThat(first.result()).isEqualTo(new AppendResult(1, false));
    assertThat(copy.result()).isEqualTo(new AppendResult(1, true));
    assertThat(harness.read(agent, 0)).containsExactly("x", "a", "b");
  }

  @Test
  @Tag("never-05")
  void aBatchSentAgainAfterFailoverIsAnsweredWithItsOriginalOffset() {
    Agent first = harness.startAgent();
    harness.append(first, 0, batch("x"));
    assertThat(harness.append(first, 0, batch(harness.producerId, 0, 0, "a", "b")))
        .isEqualTo(1);
    assertThat(harness.append(first, 0, batch(harness.producerId, 0, 2, "c"))).isEqualTo(3);
    first.stop();
    harness.time.settle();

    Agent second = harness.startAgent();
    assertThat(harness.append(second, 0, batch(harness.producerId, 0, 2, "c"))).isEqualTo(3);
    assertThat(harness.append(second, 0, batch(harness.producerId, 0, 0, "a", "b")))
        .isEqualTo(1);
    assertThat(harness.append(second, 0, batch(harness.producerId, 0, 3, "d"))).isEqualTo(4);
    assertThat(harness.read(second, 0)).containsExactly("x", "a", "b", "c", "d");
  }

  @Test
  void aGapInTheSequenceIsRefusedAndTheNextRightBatchIsTaken() {
    Agent agent = harness.startAgent();
    harness.append(agent, 0, batch(harness.producerId, 0, 0, "a"));
    Future<AppendResult> gap =
        agent.append(harness.partition(0), batch(harness.producerId, 0, 5, "f"));
    assertThat(codeOf(gap)).isEqualTo(ErrorCode.OUT_OF_ORDER_SEQUENCE);
    assertThat(harness.append(agent, 0, batch(harness.producerId, 0, 1, "b"))).isEqualTo(1);
  }

  @Test
  @Tag("never-04")
  void aSequenceWhoseCommitWasRefusedIsNotUsedUp() {
    Agent agent = harness.startAgent();
    harness.append(agent, 0, batch("x"));
    Promise<Void> upload = Promise.promise();
    harness.storage.holdNextPut(upload.future());
    Future<AppendResult> lost =
        agent.append(harness.partition(0), batch(harness.producerId, 0, 0, "a"));
    harness.time.advanceMs(200);
    harness.takeLeaseAway(0);
    upload.complete();
    harness.time.settle();

    assertThat(codeOf(lost)).isEqualTo(ErrorCode.NOT_LEADER);
    assertThat(harness.append(agent, 0, batch(harness.producerId, 0, 0, "a"))).isEqualTo(1);
    assertThat(harness.read(agent, 0)).containsExactly("x", "a");
  }

  @Test
  @Tag("never-06")
  void aZombiesLateUploadAndCommitChangeNothing() {
    Agent zombie = harness.startAgent();
    harness.append(zombie, 0, batch("a"));
    Promise<Void> upload = Promise.promise();
    harness.storage.holdNextPut(upload.future());
    Future<AppendResult> late =
        zombie.append(harness.partition(0), batch(harness.producerId, 0, 0, "late"));
    harness.time.advanceMs(200);
    harness.metadata.closeSession(harness.metadata.liveAgents().result().get(0).sessionId());

    Agent holder = harness.startAgent();
    assertThat(harness.append(holder, 0, batch("b"))).isEqualTo(1);
    upload.complete();
    harness.time.settle();

    assertThat(codeOf(late)).isEqualTo(ErrorCode.UNAVAILABLE);
    assertThat(((StreamHouseException) late.cause()).mayHaveBeenWritten()).isTrue();
    assertThat(harness.read(holder, 0)).containsExactly("a", "b");
    assertThat(zombie.isReady()).as("with a session of its own again").isTrue();
    Future<AppendResult> again = zombie.append(harness.partition(0), batch("c"));
    harness.time.advanceMs(200);
    assertThat(codeOf(again)).isEqualTo(ErrorCode.NOT_LEADER);
    assertThat(((StreamHouseException) again.cause()).holderAddress()).contains("agent-2:9470");
  }

  @Test
  @Tag("never-07")
  void aPartitionThatMovesAwayAndBackNeverGivesAnOffsetTwice() {
    Agent a = harness.startAgent();
    assertThat(harness.append(a, 0, batch("1"))).isZero();
    harness.metadata.closeSession(harness.metadata.liveAgents().result().get(0).sessionId());
    Agent b = harness.startAgent();
    assertThat(harness.append(b, 0, batch("2"))).isEqualTo(1);
    b.stop();
    harness.time.advanceMs(10_000);

    assertThat(harness.append(a, 0, batch("3"))).isEqualTo(2);
    assertThat(harness.read(a, 0)).containsExactly("1", "2", "3");
    assertThat(harness.metadata.partitions(harness.topic.id()).result().get(0).epoch())
        .isEqualTo(3);
  }

  @Test
  @Tag("never-08")
  void stoppingFlushesWhatWasTakenAndRefusesTheRest() {
    Agent agent = harness.startAgent(options().setFlushIntervalMs(60_000));
    harness.append(agent, 0, batch("a"));
    Future<AppendResult> taken = agent.append(harness.partition(0), batch("b"));
    Future<Void> stopped = agent.stop();
    Future<AppendResult> refused = agent.append(harness.partition(0), batch("c"));
    harness.time.settle();

    assertThat(stopped.succeeded()).isTrue();
    assertThat(taken.result().baseOffset()).isEqualTo(1);
    assertThat(codeOf(refused)).isEqualTo(ErrorCode.UNAVAILABLE);
    assertThat(harness.metadata.liveAgents().result()).isEmpty();
  }

  @Test
  @Tag("never-08")
  void stoppingDoesNotWaitForeverForAStoreThatHangs() {
    Agent agent = harness.startAgent(options().setDrainTimeoutMs(5_000));
    harness.append(agent, 0, batch("a"));
    harness.storage.holdNextPut(Promise.<Void>promise().future());
    Future<AppendResult> stuck = agent.append(harness.partition(0), batch("b"));
    Future<Void> stopped = agent.stop();
    harness.time.advanceMs(4_999);
    assertThat(stopped.isComplete()).isFalse();
    harness.time.advanceMs(2);

    assertThat(stopped.succeeded()).isTrue();
    assertThat(codeOf(stuck)).isEqualTo(ErrorCode.UNAVAILABLE);
    assertThat(((StreamHouseException) stuck.cause()).mayHaveBeenWritten()).isTrue();
  }

  @Test
  @Tag("never-13")
  void aStoreThatHangsMakesTheAgentPushBackAtItsBound() {
    Agent agent = harness.startAgent(options().setBufferBytesMax(8 << 20));
    Promise<Void> upload = Promise.promise();
    for (int i = 0; i < 20; i++) {
      harness.storage.holdNextPut(upload.future());
    }
    int taken = 0;
    while (!agent.memory().isFull()) {
      agent.append(harness.partition(0), batch("x".repeat(100_000)));
      harness.time.advanceMs(10);
      taken++;
    }
    assertThat(taken).isBetween(80, 90);
    boolean[] open = new boolean[1];
    agent.memory().whenOpen(() -> open[0] = true);
    upload.complete();
    harness.time.advanceMs(1_000);
    assertThat(open[0]).isTrue();
    assertThat(agent.memory().bytes()).isZero();
  }

  @Test
  void aDeletedTopicIsSaidToBeGone() {
    Agent agent = harness.startAgent();
    harness.append(agent, 0, batch("a"));
    harness.metadata.deleteTopic("orders");
    Future<AppendResult> result = agent.append(harness.partition(0), batch("b"));
    harness.time.advanceMs(500);
    assertThat(codeOf(result)).isEqualTo(ErrorCode.UNKNOWN_TOPIC);
  }

  @Test
  void aPartitionThatDoesNotExistIsNamedWithTheOnesThatDo() {
    Agent agent = harness.startAgent();
    Future<AppendResult> result = agent.append(new PartitionId(harness.topic.id(), 10), batch("a"));
    harness.time.settle();
    assertThat(codeOf(result)).isEqualTo(ErrorCode.UNKNOWN_PARTITION);
    assertThat(result.cause()).hasMessage("Partition 10 does not exist for topic 'orders' (0..3)");
  }

  @Test
  void aCorruptBatchIsRefusedAndItsNeighboursAreNot() {
    Agent agent = harness.startAgent();
    ByteBuffer corrupt = batch("a");
    corrupt.put(corrupt.limit() - 2, (byte) (corrupt.get(corrupt.limit() - 2) ^ 1));
    Future<AppendResult> refused = agent.append(harness.partition(0), corrupt);
    assertThat(codeOf(refused)).isEqualTo(ErrorCode.CORRUPT_BATCH);
    assertThat(harness.append(agent, 0, batch("b"))).isZero();
  }

  @Test
  void readersFindInTheStoreWhatHasLeftTheMemory() {
    Agent agent = harness.startAgent(options().setTailCacheBytesMax(0));
    for (int i = 0; i < 20; i++) {
      harness.append(agent, 0, batch("a" + i, "b" + i));
    }
    List<String> values = harness.read(agent, 0);
    assertThat(values).hasSize(40).startsWith("a0", "b0", "a1").endsWith("a19", "b19");
    assertThat(codeOf(agent.reader().read(harness.partition(0), 41, 100)))
        .isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE);
  }

  @Test
  void aDamagedObjectIsDataLossThatNamesItAndOtherPartitionsGoOn() {
    Agent agent = harness.startAgent(options().setTailCacheBytesMax(0));
    harness.append(agent, 0, batch("a"));
    harness.append(agent, 1, batch("b"));
    String key = harness.storage.putKeys().get(0);
    ByteBuffer object = harness.storage.objects().get(key);
    int middle = 56 + 61 + 5;
    object.put(middle, (byte) (object.get(middle) ^ 4));

    Future<FetchedSlice> damaged = agent.reader().read(harness.partition(0), 0, 1_000);
    assertThat(codeOf(damaged)).isEqualTo(ErrorCode.DATA_LOSS);
    assertThat(damaged.cause()).hasMessageContaining(key).hasMessageContaining("bytes 56..");
    assertThat(harness.read(agent, 1)).containsExactly("b");
    harness.storage.delete(key);
    assertThat(codeOf(agent.reader().read(harness.partition(0), 0, 1_000)))
        .isEqualTo(ErrorCode.DATA_LOSS);
  }

  @Test
  void aProducerIdThatWasNeverGivenIsRefused() {
    Agent agent = harness.startAgent();
    Future<AppendResult> result = agent.append(harness.partition(0), batch(4_711, 0, 0, "a"));
    harness.time.settle();
    assertThat(codeOf(result)).isEqualTo(ErrorCode.UNKNOWN_PRODUCER);
  }

  @Test
  void aFencedProducerDoesNotStopItsNeighboursForLong() {
    Agent agent = harness.startAgent();
    ProducerIdentity old = harness.metadata.takeOver("named").result();
    harness.append(agent, 0, batch(old.producerId(), old.epoch(), 0, "a"));
    ProducerIdentity young = harness.metadata.takeOver("named").result();
    Future<AppendResult> zombie =
        agent.append(harness.partition(0), batch(old.producerId(), old.epoch(), 1, "late"));
    Future<AppendResult> neighbour = agent.append(harness.partition(0), batch("neighbour"));
    harness.time.advanceMs(500);
    assertThat(codeOf(zombie)).isEqualTo(ErrorCode.UNAVAILABLE);
    assertThat(codeOf(neighbour)).isEqualTo(ErrorCode.UNAVAILABLE);

    Future<AppendResult> again =
        agent.append(harness.partition(0), batch(old.producerId(), old.epoch(), 1, "late"));
    assertThat(harness.append(agent, 0, batch("neighbour"))).isEqualTo(1);
    assertThat(codeOf(again)).isEqualTo(ErrorCode.PRODUCER_FENCED);
    assertThat(harness.append(agent, 0, batch(young.producerId(), young.epoch(), 0, "b")))
        .isEqualTo(2);
    assertThat(harness.read(agent, 0)).containsExactly("a", "neighbour", "b");
  }

  @Test
  void aStoreThatKeepsFailingIsSaidToProducersAndTheyAreTakenAgainWhenItWorks() {
    Agent agent = harness.startAgent();
    harness.append(agent, 0, batch("a"));
    for (int i = 0; i < 24; i++) {
      harness.storage.failNextPut(StorageException.Kind.FULL);
    }
    Future<AppendResult> waiting = agent.append(harness.partition(0), batch("b"));
    harness.time.advanceMs(4_000);
    Future<AppendResult> alsoWaiting = agent.append(harness.partition(0), batch("c"));
    harness.time.advanceMs(2_000);
    Future<AppendResult> refused = agent.append(harness.partition(1), batch("d"));

    assertThat(codeOf(refused)).isEqualTo(ErrorCode.UNAVAILABLE);
    assertThat(refused.cause())
        .hasMessageContaining("put failed on purpose")
        .hasMessageContaining("object store");
    assertThat(((StreamHouseException) refused.cause()).mayHaveBeenWritten()).isFalse();
    harness.time.advanceMs(20_000);
    assertThat(waiting.result().baseOffset()).isEqualTo(1);
    assertThat(alsoWaiting.result().baseOffset()).isEqualTo(2);
    assertThat(harness.append(agent, 1, batch("d"))).isZero();
  }
}
