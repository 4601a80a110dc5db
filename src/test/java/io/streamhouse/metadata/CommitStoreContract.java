package io.streamhouse.metadata;

import static io.streamhouse.metadata.CommitResult.PartitionStatus.ACCEPTED;
import static io.streamhouse.metadata.CommitResult.PartitionStatus.LEASE_FENCED;
import static io.streamhouse.metadata.CommitResult.PartitionStatus.OFFSET_FENCED;
import static io.streamhouse.metadata.CommitResult.PartitionStatus.PRODUCER_FENCED;
import static io.streamhouse.metadata.CommitResult.PartitionStatus.UNKNOWN_PARTITION;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamhouse.common.PartitionId;
import io.streamhouse.common.ProducerIdentity;
import io.streamhouse.metadata.CommitResult.Status;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link CommitStore} does. */
public abstract class CommitStoreContract extends MetadataContract {
  private UUID session;
  private List<PartitionId> partitions;
  private PartitionId first;
  private PartitionId second;
  private SegmentObject object;

  @BeforeEach
  void leadATopic() {
    session = session();
    partitions = topic(3);
    first = partitions.get(0);
    second = partitions.get(1);
    await(store().acquireLeases(session, partitions));
    object = object();
  }

  /** The state of an object's row: committed, tombstone, or empty for none. */
  protected abstract String stateOf(UUID objectId);

  @Test
  void acceptedChunksAreReadableAndMoveTheEnd() {
    Chunk a = chunk(object, first, 0, 10, 1);
    Chunk b = chunk(object, second, 0, 20, 1);
    CommitResult result = await(store().commit(request(session, object, a, b)));
    assertThat(result.status()).isEqualTo(Status.APPLIED);
    assertThat(result.partitions())
        .containsExactlyInAnyOrderEntriesOf(Map.of(first, ACCEPTED, second, ACCEPTED));
    assertThat(state(first).endOffset()).isEqualTo(10);
    assertThat(state(second).endOffset()).isEqualTo(20);
    assertThat(await(store().chunksFrom(first, 0, 10)))
        .containsExactly(new ChunkLocation(a, object.key()));
    assertThat(await(store().objectsOf(first.topicId(), 10))).containsExactly(object);
    assertThat(stateOf(object.objectId())).isEqualTo("committed");
  }

  @Test
  void severalObjectsWithSeveralChunksOfOnePartitionGoInAtOnce() {
    SegmentObject later = object();
    Chunk a = chunk(object, first, 0, 10, 1);
    Chunk b = chunk(later, first, 10, 5, 1);
    Chunk c = chunk(later, second, 0, 1, 1);
    CommitRequest request =
        new CommitRequest(session, List.of(object, later), List.of(a, b, c), List.of());
    assertThat(await(store().commit(request)).partitions()).hasSize(2).containsValue(ACCEPTED);
    assertThat(chunks(first)).containsExactly(a, b);
    assertThat(state(first).endOffset()).isEqualTo(15);
  }

  @Test
  void chunksWithAGapBetweenThemAreADefectOfTheCaller() {
    Chunk a = chunk(object, first, 0, 10, 1);
    Chunk gap = chunk(object, first, 11, 5, 1);
    assertThatThrownBy(() -> store().commit(request(session, object, a, gap)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aChunkThatDoesNotBeginAtTheEndIsFencedAndItsNeighboursAreNot() {
    append(session, first, 5);
    CommitResult result = await(store()
        .commit(request(
            session,
            object,
            chunk(object, first, 0, 3, 1),
            chunk(object, second, 0, 3, 1),
            chunk(object, partitions.get(2), 7, 3, 1))));
    assertThat(result.partitions())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(first, OFFSET_FENCED, second, ACCEPTED, partitions.get(2), OFFSET_FENCED));
    assertThat(state(first).endOffset()).isEqualTo(5);
    assertThat(state(second).endOffset()).isEqualTo(3);
    assertThat(chunks(first)).hasSize(1);
    assertThat(stateOf(object.objectId())).isEqualTo("committed");
  }

  @Test
  void allChunksOfAPartitionShareOneFate() {
    append(session, first, 5);
    SegmentObject later = object();
    CommitRequest request = new CommitRequest(
        session,
        List.of(object, later),
        List.of(
            chunk(object, first, 0, 5, 1),
            chunk(later, first, 5, 5, 1),
            chunk(later, second, 0, 1, 1)),
        List.of());
    assertThat(await(store().commit(request)).partitions())
        .containsExactlyInAnyOrderEntriesOf(Map.of(first, OFFSET_FENCED, second, ACCEPTED));
    assertThat(state(first).endOffset()).isEqualTo(5);
    assertThat(stateOf(object.objectId())).isEqualTo("tombstone");
    assertThat(stateOf(later.objectId())).isEqualTo("committed");
  }

  @Test
  void aStaleEpochIsFenced() {
    await(store().releaseLeases(session, List.of(first)));
    assertThat(acquire(session, first).epoch()).isEqualTo(2);
    assertThat(await(store().commit(request(session, object, chunk(object, first, 0, 3, 1))))
            .partitions())
        .containsExactly(Map.entry(first, LEASE_FENCED));
    assertThat(state(first).endOffset()).isZero();
    assertThat(stateOf(object.objectId())).isEqualTo("tombstone");
  }

  @Test
  void aPartitionThatAnotherHoldsIsFenced() {
    await(store().releaseLeases(session, List.of(first)));
    acquire(session(), first);
    assertThat(await(store()
                .commit(request(
                    session,
                    object,
                    chunk(object, first, 0, 3, 2),
                    chunk(object, second, 0, 1, 1))))
            .partitions())
        .containsExactlyInAnyOrderEntriesOf(Map.of(first, LEASE_FENCED, second, ACCEPTED));
  }

  @Test
  void aDeadSessionWritesNothing() {
    backend().letExpire(session);
    acquire(session(), first);
    CommitResult result =
        await(store().commit(request(session, object, chunk(object, second, 0, 3, 1))));
    assertThat(result.status()).isEqualTo(Status.SESSION_FENCED);
    assertThat(result.partitions()).isEmpty();
    assertThat(state(second).endOffset()).isZero();
    assertThat(stateOf(object.objectId())).isEmpty();
    assertThat(await(
                store().commit(request(UUID.randomUUID(), object, chunk(object, second, 0, 3, 1))))
            .status())
        .isEqualTo(Status.SESSION_FENCED);
  }

  @Test
  void anExpiredSessionThatNobodyHasFencedStillCommits() {
    backend().letExpire(session);
    assertThat(await(store().commit(request(session, object, chunk(object, first, 0, 3, 1))))
            .partitions())
        .containsExactly(Map.entry(first, ACCEPTED));
  }

  @Test
  void aDeletedTopicIsUnknown() {
    PartitionId gone = topic(1).get(0);
    acquire(session, gone);
    await(store().deleteTopic(await(store().findTopic(gone.topicId())).name()));
    assertThat(await(store()
                .commit(request(
                    session, object, chunk(object, gone, 0, 3, 1), chunk(object, first, 0, 3, 1))))
            .partitions())
        .containsExactlyInAnyOrderEntriesOf(Map.of(gone, UNKNOWN_PARTITION, first, ACCEPTED));
  }

  @Test
  void aCommitThatComesTwiceIsRefusedAndChangesNothing() {
    CommitRequest request = request(session, object, chunk(object, first, 0, 3, 1));
    await(store().commit(request));
    assertThat(await(store().commit(request)).status()).isEqualTo(Status.OBJECT_CLAIMED);
    SegmentObject fresh = object();
    CommitRequest mixed = new CommitRequest(
        session,
        List.of(fresh, object),
        List.of(chunk(fresh, first, 3, 1, 1), chunk(object, second, 0, 1, 1)),
        List.of());
    assertThat(await(store().commit(mixed)).status()).isEqualTo(Status.OBJECT_CLAIMED);
    assertThat(stateOf(fresh.objectId())).isEmpty();
    assertThat(state(first).endOffset()).isEqualTo(3);
    assertThat(state(second).endOffset()).isZero();
  }

  @Test
  void anotherObjectUnderTheSameKeyIsRefused() {
    await(store().commit(request(session, object, chunk(object, first, 0, 3, 1))));
    SegmentObject twin = new SegmentObject(UUID.randomUUID(), object.key(), 1);
    assertThat(await(store().commit(request(session, twin, chunk(twin, first, 3, 3, 1))))
            .status())
        .isEqualTo(Status.OBJECT_CLAIMED);
  }

  @Test
  void aClaimedObjectCanNeverBeCommitted() {
    CommitRequest request = request(session, object, chunk(object, first, 0, 3, 1));
    assertThat(await(store().claimObjects(request)).status()).isEqualTo(Status.OBJECT_CLAIMED);
    assertThat(await(store().claimObjects(request)).status()).isEqualTo(Status.OBJECT_CLAIMED);
    assertThat(await(store().commit(request)).status()).isEqualTo(Status.OBJECT_CLAIMED);
    assertThat(state(first).endOffset()).isZero();
    assertThat(stateOf(object.objectId())).isEqualTo("tombstone");
  }

  @Test
  void theSameRecordsGoInUnderANewKeyAfterAClaim() {
    await(store().claimObjects(request(session, object, chunk(object, first, 0, 3, 1))));
    SegmentObject again = object();
    assertThat(await(store().commit(request(session, again, chunk(again, first, 0, 3, 1))))
            .partitions())
        .containsExactly(Map.entry(first, ACCEPTED));
  }

  @Test
  void aClaimAfterTheCommitTellsWhatBecameOfIt() {
    append(session, second, 5);
    CommitRequest request =
        request(session, object, chunk(object, first, 0, 3, 1), chunk(object, second, 0, 3, 1));
    await(store().commit(request));
    CommitResult settled = await(store().claimObjects(request));
    assertThat(settled.status()).isEqualTo(Status.APPLIED);
    assertThat(settled.partitions())
        .containsExactlyInAnyOrderEntriesOf(Map.of(first, ACCEPTED, second, LEASE_FENCED));
    assertThat(stateOf(object.objectId())).isEqualTo("committed");
  }

  @Test
  void aDiscardedObjectIsATombstoneUnlessItIsCommitted() {
    await(store().commit(request(session, object, chunk(object, first, 0, 3, 1))));
    SegmentObject lost = object();
    await(store().discardObjects(session, List.of(object, lost)));
    await(store().discardObjects(session, List.of()));
    assertThat(stateOf(object.objectId())).isEqualTo("committed");
    assertThat(stateOf(lost.objectId())).isEqualTo("tombstone");
    assertThat(await(store().commit(request(session, lost, chunk(lost, first, 3, 1, 1))))
            .status())
        .isEqualTo(Status.OBJECT_CLAIMED);
  }

  @Test
  void deletingATopicMakesObjectsWithoutChunksTombstones() {
    PartitionId other = topic(1).get(0);
    acquire(session, other);
    SegmentObject shared = object();
    await(store().commit(request(session, object, chunk(object, other, 0, 3, 1))));
    await(store()
        .commit(request(
            session, shared, chunk(shared, other, 3, 3, 1), chunk(shared, first, 0, 1, 1))));
    await(store().deleteTopic(await(store().findTopic(other.topicId())).name()));
    assertThat(stateOf(object.objectId())).isEqualTo("tombstone");
    assertThat(stateOf(shared.objectId())).isEqualTo("committed");
    await(store().deleteTopic(await(store().findTopic(first.topicId())).name()));
    assertThat(stateOf(shared.objectId())).isEqualTo("tombstone");
  }

  @Test
  void producerStatesComeBackAsTheyWereWritten() {
    ProducerState many = new ProducerState(
        first,
        77,
        32_767,
        List.of(
            new SequenceRun(Integer.MAX_VALUE - 1, 2, 0),
            new SequenceRun(0, 8, 2),
            new SequenceRun(100, 1, Long.MAX_VALUE)));
    ProducerState one = producer(second, 78, 0, 0, 1, 0);
    await(store()
        .commit(withProducers(
            request(
                session, object, chunk(object, first, 0, 10, 1), chunk(object, second, 0, 1, 1)),
            many,
            one)));
    assertThat(await(store().producerStates(partitions))).containsExactlyInAnyOrder(many, one);
    assertThat(many.lastSequence()).isEqualTo(100);

    SegmentObject next = object();
    ProducerState updated = producer(second, 78, 1, 0, 4, 1);
    ProducerState added = producer(second, 79, 0, 0, 1, 5);
    await(store()
        .commit(
            withProducers(request(session, next, chunk(next, second, 1, 5, 1)), updated, added)));
    assertThat(await(store().producerStates(List.of(second))))
        .containsExactlyInAnyOrder(updated, added);
    assertThat(await(store().producerStates(List.of()))).isEmpty();
  }

  @Test
  void producerStatesOfFencedPartitionsAreNotWritten() {
    append(session, first, 5);
    await(store()
        .commit(withProducers(
            request(session, object, chunk(object, first, 0, 1, 1), chunk(object, second, 0, 1, 1)),
            producer(first, 80, 0, 0, 1, 0),
            producer(second, 80, 0, 0, 1, 0))));
    assertThat(await(store().producerStates(partitions)))
        .containsExactly(producer(second, 80, 0, 0, 1, 0));
  }

  @Test
  void aFencedInstanceOfANamedProducerIsRefusedAndItsNeighboursAreNot() {
    ProducerIdentity old = await(store().takeOver(uniqueName("named")));
    ProducerIdentity unnamed = await(store().newProducer());
    ProducerIdentity present = new ProducerIdentity(old.producerId(), old.epoch() + 1);
    SegmentObject before = object();
    assertThat(await(store()
                .commit(withProducers(
                    request(session, before, chunk(before, first, 0, 1, 1)),
                    producer(first, old.producerId(), 0, 0, 1, 0))))
            .partitions())
        .containsExactly(Map.entry(first, ACCEPTED));
    fence(old, present);
    CommitResult result = await(store()
        .commit(withProducers(
            request(
                session,
                object,
                chunk(object, first, 1, 1, 1),
                chunk(object, second, 0, 1, 1),
                chunk(object, partitions.get(2), 0, 1, 1)),
            producer(first, old.producerId(), old.epoch(), 1, 1, 1),
            producer(second, unnamed.producerId(), 0, 0, 1, 0),
            producer(partitions.get(2), present.producerId(), present.epoch(), 0, 1, 0))));
    assertThat(result.partitions())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(first, PRODUCER_FENCED, second, ACCEPTED, partitions.get(2), ACCEPTED));
    assertThat(state(first).endOffset()).isEqualTo(1);
  }

  /** Takes the name of a producer over. */
  protected abstract void fence(ProducerIdentity old, ProducerIdentity present);

  @Test
  void chunksAreFoundByTheOffsetsTheyHold() {
    append(session, first, 10);
    append(session, first, 1);
    append(session, first, 5);
    append(session, second, 3);
    assertThat(bases(0, 10)).containsExactly(0L, 10L, 11L);
    assertThat(bases(9, 10)).containsExactly(0L, 10L, 11L);
    assertThat(bases(10, 10)).containsExactly(10L, 11L);
    assertThat(bases(11, 10)).containsExactly(11L);
    assertThat(bases(15, 10)).containsExactly(11L);
    assertThat(bases(16, 10)).isEmpty();
    assertThat(bases(Long.MAX_VALUE, 10)).isEmpty();
    assertThat(bases(5, 2)).containsExactly(0L, 10L);
    assertThat(await(store().chunksFrom(partitions.get(2), 0, 1))).isEmpty();
    assertThat(await(store().chunksFrom(new PartitionId(UUID.randomUUID(), 0), 0, 1)))
        .isEmpty();
  }

  @Test
  void theFirstChunkThatReachesATimestampIsFound() {
    append(session, first, 10);
    append(session, first, 10);
    assertThat(firstBaseAt(0)).containsExactly(0L);
    assertThat(firstBaseAt(10_000)).containsExactly(0L);
    assertThat(firstBaseAt(10_001)).containsExactly(10L);
    assertThat(firstBaseAt(20_001)).isEmpty();
  }

  private List<Long> bases(long offset, int limit) {
    return await(store().chunksFrom(first, offset, limit)).stream()
        .map(location -> location.chunk().baseOffset())
        .toList();
  }

  private List<Long> firstBaseAt(long timestampMs) {
    return await(store().firstChunkAt(first, timestampMs)).stream()
        .map(location -> location.chunk().baseOffset())
        .toList();
  }
}
