package io.streamhouse.agent;

import io.streamhouse.common.PartitionId;
import io.streamhouse.metadata.Chunk;
import io.streamhouse.metadata.SegmentObject;
import io.streamhouse.record.RecordBatch;
import io.streamhouse.segment.SegmentChunk;
import io.streamhouse.segment.SegmentHeader;
import io.streamhouse.segment.SegmentWriter;
import io.streamhouse.segment.WrittenSegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A segment ready to be stored: its bytes, and what they are. Immutable; when its key turns out to be lost, the same
 * batches are closed again under another.
 *
 * @param object id, key and size
 * @param flushes what lies in it, in the order of partitions
 * @param body the object's bytes
 * @param chunks the index of the body, one entry for each flush
 */
record ClosedSegment(
    SegmentObject object,
    List<PartitionFlush> flushes,
    List<ByteBuffer> body,
    List<SegmentChunk> chunks) {
  ClosedSegment {
    flushes = List.copyOf(flushes);
    body = List.copyOf(body);
    chunks = List.copyOf(chunks);
    if (flushes.size() != chunks.size()) {
      throw new IllegalArgumentException(
          object.key() + " has " + flushes.size() + " flushes, but " + chunks.size() + " chunks");
    }
  }

  static ClosedSegment write(SegmentHeader header, String key, List<PartitionFlush> flushes) {
    SegmentWriter writer = new SegmentWriter(header);
    for (PartitionFlush flush : flushes) {
      List<RecordBatch> batches = new ArrayList<>(flush.batches().size());
      flush.batches().forEach(pending -> batches.add(pending.batch()));
      writer.addChunk(flush.log().id(), flush.log().epoch(), batches);
    }
    WrittenSegment written = writer.finish();
    return new ClosedSegment(
        new SegmentObject(header.objectId(), key, written.sizeBytes()),
        flushes,
        written.parts(),
        written.chunks());
  }

  /** The index rows of flushes whose lease is still held. */
  List<Chunk> chunksToCommit() {
    List<Chunk> rows = new ArrayList<>(chunks.size());
    for (int i = 0; i < flushes.size(); i++) {
      if (!flushes.get(i).log().isFenced()) {
        rows.add(row(chunks.get(i)));
      }
    }
    return rows;
  }

  private Chunk row(SegmentChunk chunk) {
    PartitionId partition = chunk.partitionId();
    return new Chunk(
        partition,
        chunk.baseOffset(),
        chunk.lastOffset(),
        object.objectId(),
        chunk.position(),
        chunk.length(),
        chunk.records(),
        chunk.maxTimestampMs(),
        chunk.epoch());
  }
}
