package io.streamhouse.segment;

import io.streamhouse.common.PartitionId;
import io.streamhouse.record.RecordBatch;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Lays out a segment object from batches whose offsets and epochs are stamped; they are not copied. Confined to one
 * thread. {@link #finish()} ends it.
 */
public final class SegmentWriter {
  private final ByteBuffer header;
  private final List<ByteBuffer> parts = new ArrayList<>();
  private final List<SegmentChunk> chunks = new ArrayList<>();
  private long position = SegmentHeader.BYTES;
  private boolean finished;

  /** Begins an object. */
  public SegmentWriter(SegmentHeader header) {
    ByteBuffer bytes = ByteBuffer.allocate(SegmentHeader.BYTES);
    header.write(bytes);
    this.header = bytes.flip();
    parts.add(this.header.duplicate());
  }

  /**
   * Adds the batches of a partition.
   *
   * @param epoch of the lease they are written under; stamped into each
   * @param batches at least one, in the order of their offsets, without gaps, together less than 2 GiB
   * @throws IllegalArgumentException when they are not; nothing is added then
   */
  public SegmentChunk addChunk(PartitionId partitionId, int epoch, List<RecordBatch> batches) {
    if (finished) {
      throw new IllegalStateException("the segment is finished already");
    }
    if (batches.isEmpty()) {
      throw new IllegalArgumentException(
          "a chunk of partition " + partitionId + " without batches");
    }
    ChunkSummary summary = new ChunkSummary();
    CRC32C crc = new CRC32C();
    List<ByteBuffer> bytes = new ArrayList<>(batches.size());
    for (RecordBatch batch : batches) {
      String problem = summary.add(batch, epoch);
      if (problem != null) {
        throw new IllegalArgumentException("a chunk of partition " + partitionId + ": " + problem);
      }
      bytes.add(batch.bytes());
      crc.update(batch.bytes());
    }
    SegmentChunk chunk = new SegmentChunk(
        partitionId,
        summary.baseOffset(),
        summary.lastOffset(),
        epoch,
        summary.records(),
        position,
        summary.sizeBytes(),
        summary.maxTimestampMs(),
        (int) crc.getValue());
    parts.addAll(bytes);
    chunks.add(chunk);
    position = chunk.end();
    return chunk;
  }

  /** Bytes of header and chunks so far. */
  public long sizeBytes() {
    return position;
  }

  /**
   * Ends the object.
   *
   * @throws IllegalStateException when it has no chunks or is finished already
   */
  public WrittenSegment finish() {
    if (finished || chunks.isEmpty()) {
      throw new IllegalStateException(
          finished ? "the segment is finished already" : "the segment has no chunks");
    }
    finished = true;
    ByteBuffer footer = new SegmentFooter(SegmentFormat.crcOf(header), chunks).toBytes();
    parts.add(footer);
    return new WrittenSegment(parts, chunks, position + footer.remaining());
  }
}
