package io.streamhouse.producer.accumulator;

import io.streamhouse.ErrorCode;
import io.streamhouse.ProducerRecord;
import io.streamhouse.StreamHouseException;
import io.streamhouse.common.PartitionId;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A topic's open batches, and the records that wait until the topic is known.
 *
 * <p>States: <em>unknown</em> (no id; records wait, none is in a batch) and <em>known</em> (id and partition count;
 * nothing waits). Confined to the accumulator's event loop.
 */
final class TopicBuffer {
  private final String name;
  private final PartitionChooser chooser;
  private final Deque<PendingRecord> waiting = new ArrayDeque<>();
  private @Nullable UUID topicId;
  private @Nullable StreamHouseException lastFailure;
  private @Nullable PartitionBatch[] open = new PartitionBatch[0];
  private int stickyPartition = -1;
  private boolean stickyEnded = true;

  TopicBuffer(String name, PartitionChooser chooser) {
    this.name = name;
    this.chooser = chooser;
  }

  String name() {
    return name;
  }

  /** Null while the topic is unknown. */
  @Nullable
  UUID topicId() {
    return topicId;
  }

  /** The topic is known, or known to have more partitions (never fewer); open batches must be of the same id. */
  void become(UUID id, int partitionCount) {
    topicId = id;
    lastFailure = null;
    if (partitionCount > open.length) {
      open = Arrays.copyOf(open, partitionCount);
    }
  }

  /** The topic's id is no longer right; there must be no open batches. */
  void becomeUnknown() {
    topicId = null;
    open = new PartitionBatch[0];
    stickyPartition = -1;
    stickyEnded = true;
  }

  Deque<PendingRecord> waiting() {
    return waiting;
  }

  /** Why the topic is not known yet, as far as anybody has said. */
  @Nullable
  StreamHouseException lastFailure() {
    return lastFailure;
  }

  void failedFor(StreamHouseException failure) {
    lastFailure = failure;
  }

  /**
   * The partition of a record of this topic, which must be known.
   *
   * @throws StreamHouseException with {@link ErrorCode#UNKNOWN_PARTITION} when it asks for one that does not exist
   */
  int partitionOf(ProducerRecord record) {
    Integer wanted = record.partition();
    if (wanted != null) {
      if (wanted < 0 || wanted >= open.length) {
        throw StreamHouseException.of(
            ErrorCode.UNKNOWN_PARTITION,
            "Partition " + wanted + " does not exist for topic '" + name + "' (0.."
                + (open.length - 1) + ")");
      }
      return wanted;
    }
    Buffer key = record.key();
    if (key != null) {
      return Murmur2.partition(key, open.length);
    }
    if (stickyEnded) {
      stickyPartition = chooser.next(name, open.length, stickyPartition);
      stickyEnded = false;
    }
    return stickyPartition;
  }

  @Nullable
  PartitionBatch openBatch(int partition) {
    return open[partition];
  }

  PartitionBatch open(int partition, int batchBytesMax, long nowNanos) {
    if (topicId == null) {
      throw new IllegalStateException("topic '" + name + "' is not known yet");
    }
    PartitionBatch batch =
        new PartitionBatch(name, new PartitionId(topicId, partition), batchBytesMax, nowNanos);
    open[partition] = batch;
    return batch;
  }

  /** The batch leaves; records without partition and key go elsewhere from now on. */
  void close(PartitionBatch batch) {
    int partition = batch.partitionId().partition();
    open[partition] = null;
    stickyEnded |= partition == stickyPartition;
  }
}
