package io.streamhouse.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.streamhouse.ErrorCode;
import io.streamhouse.StreamHouseException;
import io.streamhouse.common.PartitionId;
import io.streamhouse.testing.TestPostgres;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** What the contracts of a metadata store share. */
public abstract class MetadataContract {
  /** Long enough for any test. */
  protected static final long TTL_MS = 600_000;

  private static final AtomicInteger NAMES = new AtomicInteger();

  /** The kind of store under test. */
  protected abstract MetadataBackend backend();

  protected MetadataStore store() {
    return backend().store();
  }

  protected static <T> T await(Future<T> future) {
    return TestPostgres.await(future);
  }

  protected static StreamHouseException failure(Future<?> future, ErrorCode code) {
    StreamHouseException failure =
        catchThrowableOfType(StreamHouseException.class, () -> await(future));
    assertThat(failure).isNotNull();
    assertThat(failure.code()).isEqualTo(code);
    return failure;
  }

  protected static String uniqueName(String prefix) {
    return prefix + "-" + NAMES.incrementAndGet();
  }

  protected UUID session() {
    return await(store().openSession("agent", "localhost:9470", "zone-a", TTL_MS))
        .sessionId();
  }

  protected List<PartitionId> topic(int partitions) {
    UUID topicId =
        await(store().createTopic(uniqueName("topic"), partitions, Map.of())).id();
    return IntStream.range(0, partitions)
        .mapToObj(i -> new PartitionId(topicId, i))
        .toList();
  }

  protected PartitionState acquire(UUID session, PartitionId partition) {
    return await(store().acquireLeases(session, List.of(partition))).get(0);
  }

  protected PartitionState state(PartitionId partition) {
    return await(store().partitionStates(List.of(partition))).get(partition);
  }

  protected static SegmentObject object() {
    UUID id = UUID.randomUUID();
    return new SegmentObject(id, "wal/" + id + ".seg", 4_096);
  }

  protected static Chunk chunk(
      SegmentObject object, PartitionId partition, long baseOffset, int records, int epoch) {
    return new Chunk(
        partition,
        baseOffset,
        baseOffset + records - 1,
        object.objectId(),
        64,
        100 * records,
        records,
        1_000 * (baseOffset + records),
        epoch);
  }

  protected static ProducerState producer(
      PartitionId partition, long id, int epoch, int sequence, int count, long offset) {
    return new ProducerState(
        partition, id, epoch, List.of(new SequenceRun(sequence, count, offset)));
  }

  protected static CommitRequest request(UUID session, SegmentObject object, Chunk... chunks) {
    return new CommitRequest(session, List.of(object), List.of(chunks), List.of());
  }

  protected static CommitRequest withProducers(CommitRequest request, ProducerState... states) {
    return new CommitRequest(
        request.sessionId(), request.objects(), request.chunks(), List.of(states));
  }

  /** Commits records to the end of a partition that the session leads; the first one's offset. */
  protected long append(UUID session, PartitionId partition, int records) {
    PartitionState state = state(partition);
    SegmentObject object = object();
    CommitResult result = await(store()
        .commit(request(
            session, object, chunk(object, partition, state.endOffset(), records, state.epoch()))));
    assertThat(result.partitions()).containsEntry(partition, CommitResult.PartitionStatus.ACCEPTED);
    return state.endOffset();
  }

  protected List<Chunk> chunks(PartitionId partition) {
    List<Chunk> chunks = new ArrayList<>();
    await(store().chunksFrom(partition, 0, 1_000))
        .forEach(location -> chunks.add(location.chunk()));
    return chunks;
  }
}
