package io.streamhouse.consumer;

import io.streamhouse.ConsumerRecord;
import io.streamhouse.ErrorCode;
import io.streamhouse.StreamHouseException;
import io.streamhouse.record.BatchLimits;
import io.streamhouse.record.InvalidBatchException;
import io.streamhouse.record.LogRecord;
import io.streamhouse.record.RecordBatch;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What is fetched and not yet delivered, as encoded batches: they are decoded one at a time, when their records are
 * asked for, so that what is buffered stays as small as it came. This is where a gap, a repetition and damage are found:
 * a record leaves only when its offset is the one that comes next. Confined to the consumer's context.
 */
final class RecordQueue {
  private final String topic;
  private final BiConsumer<PartitionCursor, StreamHouseException> onDamage;
  private final ArrayDeque<Fetched> waiting = new ArrayDeque<>();
  private @Nullable Fetched current;
  private Iterator<RecordBatch> batches = Collections.emptyIterator();
  private @Nullable RecordBatch batch;
  private Iterator<LogRecord> records = Collections.emptyIterator();
  private long bufferedBytes;

  /**
   * Batches of one partition, fetched together.
   *
   * @param cursor the partition
   * @param generation of the cursor when they were asked for
   * @param batches in the order of offsets
   * @param sizeBytes of all of them
   */
  record Fetched(PartitionCursor cursor, int generation, List<RecordBatch> batches, int sizeBytes) {
    boolean isStale() {
      return generation != cursor.generation();
    }
  }

  /**
   * Creates a queue.
   *
   * @param onDamage gets a partition that cannot be read on, with the reason
   */
  RecordQueue(String topic, BiConsumer<PartitionCursor, StreamHouseException> onDamage) {
    this.topic = topic;
    this.onDamage = onDamage;
  }

  void add(Fetched fetched) {
    waiting.add(fetched);
    bufferedBytes += fetched.sizeBytes();
  }

  /** Bytes held, as they came from agents. */
  long bufferedBytes() {
    return bufferedBytes;
  }

  /** The next record, or null when there is none now. */
  @Nullable
  ConsumerRecord poll() {
    while (true) {
      Fetched now = current;
      if (now == null || now.isStale()) {
        if (!nextFetched()) {
          return null;
        }
        continue;
      }
      try {
        ConsumerRecord record = nextRecord(now);
        if (record != null) {
          return record;
        }
      } catch (InvalidBatchException e) {
        damage(now, String.valueOf(e.getMessage()));
      }
    }
  }

  private @Nullable ConsumerRecord nextRecord(Fetched now) {
    PartitionCursor cursor = now.cursor();
    while (records.hasNext()) {
      LogRecord next = records.next();
      if (next.offset() < cursor.position()) {
        continue;
      }
      if (next.offset() >= cursor.endOffset()) {
        break;
      }
      if (next.offset() > cursor.position()) {
        damage(now, "the next record has offset " + next.offset());
        return null;
      }
      cursor.delivered(next.offset());
      return new ConsumerRecord(
          topic,
          cursor.partition(),
          next.offset(),
          next.timestampMs(),
          next.key(),
          next.value(),
          next.headers());
    }
    endBatch(now);
    return null;
  }

  private void endBatch(Fetched now) {
    RecordBatch ended = batch;
    PartitionCursor cursor = now.cursor();
    records = Collections.emptyIterator();
    batch = null;
    if (ended != null && cursor.position() < Math.min(ended.lastOffset() + 1, cursor.endOffset())) {
      damage(now, "its batch ends before its last offset " + ended.lastOffset());
      return;
    }
    if (!batches.hasNext()) {
      release();
      return;
    }
    RecordBatch next = batches.next();
    if (next.lastOffset() < cursor.position()) {
      return;
    }
    if (!next.hasValidCrc()) {
      damage(now, "its batch at " + next.baseOffset() + " does not match its checksum");
      return;
    }
    batch = next;
    records = next.records(BatchLimits.DEFAULT.uncompressedBytesMax()).iterator();
  }

  private boolean nextFetched() {
    release();
    current = waiting.poll();
    if (current == null) {
      return false;
    }
    batches = current.batches().iterator();
    return true;
  }

  private void release() {
    if (current != null) {
      bufferedBytes -= current.sizeBytes();
      current = null;
    }
    batches = Collections.emptyIterator();
    records = Collections.emptyIterator();
    batch = null;
  }

  private void damage(Fetched now, String what) {
    PartitionCursor cursor = now.cursor();
    onDamage.accept(
        cursor,
        StreamHouseException.of(
            ErrorCode.DATA_LOSS,
            topic + "-" + cursor.partition() + " cannot be read at offset " + cursor.position()
                + ": " + what));
  }
}
