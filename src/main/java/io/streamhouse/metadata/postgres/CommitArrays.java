package io.streamhouse.metadata.postgres;

import io.streamhouse.common.PartitionId;
import io.streamhouse.metadata.Chunk;
import io.streamhouse.metadata.CommitRequest;
import io.streamhouse.metadata.CommitResult.PartitionStatus;
import io.streamhouse.metadata.ProducerState;
import io.streamhouse.metadata.SegmentObject;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Tuple;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;

/**
 * A commit request as the parallel arrays that the server-side functions take. Partitions are sorted, which is the
 * order in which their rows are locked; a partition's place among them is its slot, counted from 1.
 */
final class CommitArrays {
  private static final PartitionStatus[] STATUSES = {
    PartitionStatus.ACCEPTED,
    PartitionStatus.LEASE_FENCED,
    PartitionStatus.OFFSET_FENCED,
    PartitionStatus.PRODUCER_FENCED,
    PartitionStatus.UNKNOWN_PARTITION
  };

  private final CommitRequest request;
  private final List<Range> ranges;
  private final Map<PartitionId, Integer> slots = new HashMap<>();
  private final Map<UUID, Integer> objectNumbers = new HashMap<>();
  private final Integer[] chunksOfObject;

  /**
   * Arranges a request.
   *
   * @throws IllegalArgumentException when it contradicts itself: a defect of the caller
   */
  CommitArrays(CommitRequest request) {
    this.request = request;
    for (SegmentObject object : request.objects()) {
      objectNumbers.put(object.objectId(), objectNumbers.size() + 1);
    }
    this.chunksOfObject = new Integer[request.objects().size()];
    Arrays.fill(chunksOfObject, 0);
    TreeMap<PartitionId, Range> sorted = new TreeMap<>();
    for (Chunk chunk : request.chunks()) {
      sorted.merge(
          chunk.partitionId(),
          new Range(chunk.partitionId(), chunk.epoch(), chunk.baseOffset(), chunk.lastOffset() + 1),
          Range::followedBy);
      chunksOfObject[numberOf(chunk) - 1]++;
    }
    this.ranges = List.copyOf(sorted.values());
    for (Range range : ranges) {
      slots.put(range.id, slots.size() + 1);
    }
    require(
        objectNumbers.size() == request.objects().size()
            && !List.of(chunksOfObject).contains(0)
            && request.producerStates().stream()
                .allMatch(state -> slots.containsKey(state.partitionId())),
        "a commit needs objects with chunks, and producer states of their partitions only");
  }

  /** The parameters of {@code commit_segments}. */
  Tuple commitTuple() {
    List<Chunk> chunks = request.chunks();
    List<ProducerState> states = request.producerStates();
    Tuple tuple = objects();
    tuple.addValue(chunksOfObject);
    partitions(tuple);
    tuple.addValue(ints(ranges, range -> range.epoch));
    tuple.addValue(longs(ranges, range -> range.base));
    tuple.addValue(longs(ranges, range -> range.end));
    chunkPlaces(tuple);
    tuple.addValue(longs(chunks, Chunk::lastOffset));
    tuple.addValue(longs(chunks, Chunk::position));
    tuple.addValue(ints(chunks, Chunk::length));
    tuple.addValue(longs(chunks, Chunk::maxTimestampMs));
    tuple.addValue(ints(states, state -> slotOf(state.partitionId())));
    tuple.addValue(longs(states, ProducerState::producerId));
    tuple.addValue(ints(states, ProducerState::epoch));
    tuple.addValue(array(states, Buffer[]::new, state -> Runs.encode(state.runs())));
    return tuple;
  }

  /** The parameters of {@code claim_objects}. */
  Tuple claimTuple() {
    Tuple tuple = objects();
    partitions(tuple);
    chunkPlaces(tuple);
    return tuple;
  }

  /** Each partition with the status that a function has returned for its slot. */
  Map<PartitionId, PartitionStatus> statuses(Short[] codes) {
    Map<PartitionId, PartitionStatus> result = new HashMap<>();
    for (int i = 0; i < codes.length; i++) {
      result.put(ranges.get(i).id, STATUSES[codes[i]]);
    }
    return result;
  }

  private Tuple objects() {
    Tuple tuple = Tuple.tuple();
    tuple.addValue(request.sessionId());
    addObjects(tuple, request.objects());
    return tuple;
  }

  /** Adds ids, keys and sizes. */
  static void addObjects(Tuple tuple, List<SegmentObject> objects) {
    tuple.addValue(array(objects, UUID[]::new, SegmentObject::objectId));
    tuple.addValue(array(objects, String[]::new, SegmentObject::key));
    tuple.addValue(longs(objects, SegmentObject::size));
  }

  private void partitions(Tuple tuple) {
    addPartitions(tuple, ranges.stream().map(range -> range.id).toList());
  }

  /** Adds topic ids and partition numbers. */
  static void addPartitions(Tuple tuple, List<PartitionId> partitions) {
    tuple.addValue(array(partitions, UUID[]::new, PartitionId::topicId));
    tuple.addValue(ints(partitions, PartitionId::partition));
  }

  private void chunkPlaces(Tuple tuple) {
    List<Chunk> chunks = request.chunks();
    tuple.addValue(ints(chunks, chunk -> slotOf(chunk.partitionId())));
    tuple.addValue(ints(chunks, this::numberOf));
    tuple.addValue(longs(chunks, Chunk::baseOffset));
  }

  private int slotOf(PartitionId partition) {
    Integer slot = slots.get(partition);
    require(slot != null, "no chunk of " + partition);
    return slot == null ? 0 : slot;
  }

  private int numberOf(Chunk chunk) {
    Integer number = objectNumbers.get(chunk.objectId());
    require(
        number != null,
        "chunk of " + chunk.partitionId() + " lies in an object that is not part of the commit");
    return number == null ? 0 : number;
  }

  private static <E> Integer[] ints(List<E> list, ToIntFunction<E> value) {
    return array(list, Integer[]::new, value::applyAsInt);
  }

  private static <E> Long[] longs(List<E> list, ToLongFunction<E> value) {
    return array(list, Long[]::new, value::applyAsLong);
  }

  private static <E, T> T[] array(List<E> list, IntFunction<T[]> maker, Function<E, T> value) {
    T[] result = maker.apply(list.size());
    for (int i = 0; i < result.length; i++) {
      result[i] = value.apply(list.get(i));
    }
    return result;
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException(message);
    }
  }

  /** What all chunks of a partition add up to: from the first one's base offset to the last one's end. */
  private record Range(PartitionId id, int epoch, long base, long end) {
    Range followedBy(Range next) {
      require(
          next.base == end && next.epoch == epoch,
          "chunks of " + id + " do not follow each other: " + base + " to " + end + " in epoch "
              + epoch + ", then " + next.base + " in epoch " + next.epoch);
      return new Range(id, epoch, base, next.end);
    }
  }
}
