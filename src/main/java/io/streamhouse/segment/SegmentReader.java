package io.streamhouse.segment;

import io.streamhouse.record.InvalidBatchException;
import io.streamhouse.record.RecordBatch;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Reads segment objects and believes nothing of them: a whole object from memory, or footer and chunks by ranges.
 * Shares the bytes it is given.
 */
public final class SegmentReader {
  private final ByteBuffer object;
  private final SegmentHeader header;
  private final SegmentFooter footer;

  private SegmentReader(ByteBuffer object, SegmentHeader header, SegmentFooter footer) {
    this.object = object;
    this.header = header;
    this.footer = footer;
  }

  /**
   * Reads header and footer of an object; {@link #verify()} reads the rest.
   *
   * @param object from position to limit, which do not change
   * @throws CorruptSegmentException when they are damaged or do not belong together
   */
  public static SegmentReader parse(ByteBuffer object) {
    ByteBuffer bytes = object.slice();
    if (bytes.limit() < SegmentHeader.BYTES + SegmentFooter.TRAILER_BYTES) {
      throw new CorruptSegmentException("too short (" + bytes.limit() + " bytes)");
    }
    SegmentHeader header = SegmentHeader.parse(bytes);
    SegmentFooter footer = parseFooter(bytes, bytes.limit());
    verifyHeader(footer, bytes);
    return new SegmentReader(bytes, header, footer);
  }

  /**
   * The length of an object's footer without its trailer: how much {@link #parseFooter} needs before the trailer.
   *
   * @param tail the end of the object, from position to limit, at least its last {@link SegmentFooter#TRAILER_BYTES}
   * @param objectSizeBytes the size of the whole object
   * @throws CorruptSegmentException when these are no trailer of an object of that size
   */
  public static int footerLength(ByteBuffer tail, long objectSizeBytes) {
    return SegmentFooter.lengthFrom(tail, objectSizeBytes);
  }

  /**
   * Reads what is in an object from its tail alone.
   *
   * @param tail the end of the object, from position to limit, at least footer and trailer
   * @param objectSizeBytes the size of the whole object
   * @throws CorruptSegmentException when it is damaged, or its chunks do not fill the object without gaps
   */
  public static SegmentFooter parseFooter(ByteBuffer tail, long objectSizeBytes) {
    return SegmentFooter.parse(tail, objectSizeBytes);
  }

  /**
   * Makes sure that a header is the one that was written with a footer.
   *
   * @param head the beginning of the object, at its position
   * @throws CorruptSegmentException when it is not
   */
  public static SegmentHeader verifyHeader(SegmentFooter footer, ByteBuffer head) {
    SegmentHeader header = SegmentHeader.parse(head);
    int computed = SegmentFormat.crcOf(head.slice(head.position(), SegmentHeader.BYTES));
    if (computed != footer.headerCrc()) {
      throw new CorruptSegmentException("header at byte 0 has CRC-32C "
          + SegmentFormat.hex(computed) + ", the footer says "
          + SegmentFormat.hex(footer.headerCrc()));
    }
    return header;
  }

  /**
   * Makes sure that bytes are a chunk as the footer or the index lists it: length, CRC, and that its batches say the
   * same of offsets, epoch and time.
   *
   * @param bytes the chunk, from position to limit, which do not change
   * @return its batches, which share the bytes
   * @throws CorruptSegmentException when they are not
   */
  public static List<RecordBatch> verifyChunk(SegmentChunk chunk, ByteBuffer bytes) {
    if (bytes.remaining() != chunk.length()) {
      throw corrupt(chunk, "has " + bytes.remaining() + " bytes, not " + chunk.length());
    }
    int computed = SegmentFormat.crcOf(bytes);
    if (computed != chunk.crc()) {
      throw corrupt(
          chunk,
          "has CRC-32C " + SegmentFormat.hex(computed) + ", the footer says "
              + SegmentFormat.hex(chunk.crc()));
    }
    List<RecordBatch> batches = batches(chunk, bytes);
    ChunkSummary summary = new ChunkSummary();
    for (RecordBatch batch : batches) {
      String problem = summary.add(batch, chunk.epoch());
      if (problem != null) {
        throw corrupt(chunk, problem);
      }
    }
    if (summary.baseOffset() != chunk.baseOffset()
        || summary.lastOffset() != chunk.lastOffset()
        || summary.records() != chunk.records()
        || summary.maxTimestampMs() != chunk.maxTimestampMs()) {
      throw corrupt(
          chunk,
          "has offsets " + summary.baseOffset() + " to " + summary.lastOffset() + " up to time "
              + summary.maxTimestampMs() + ", the footer says " + chunk.baseOffset() + " to "
              + chunk.lastOffset() + " up to " + chunk.maxTimestampMs());
    }
    return batches;
  }

  private static List<RecordBatch> batches(SegmentChunk chunk, ByteBuffer bytes) {
    try {
      return RecordBatch.split(bytes);
    } catch (InvalidBatchException e) {
      throw new CorruptSegmentException(prefix(chunk) + e.getMessage(), e);
    }
  }

  private static CorruptSegmentException corrupt(SegmentChunk chunk, String what) {
    return new CorruptSegmentException(prefix(chunk) + what);
  }

  private static String prefix(SegmentChunk chunk) {
    return "chunk of partition " + chunk.partitionId() + " at byte " + chunk.position() + ": ";
  }

  public SegmentHeader header() {
    return header;
  }

  /** In the order in which they lie in the object. */
  public List<SegmentChunk> chunks() {
    return footer.chunks();
  }

  /** The bytes of a chunk of this object; shares them. */
  public ByteBuffer bytes(SegmentChunk chunk) {
    // Positions below the size of an object in memory fit in an int.
    return object.slice((int) chunk.position(), chunk.length());
  }

  /** The batches of a chunk of this object, verified by {@link #verifyChunk}. */
  public List<RecordBatch> batches(SegmentChunk chunk) {
    return verifyChunk(chunk, bytes(chunk));
  }

  /**
   * Verifies all chunks.
   *
   * @throws CorruptSegmentException at the first that is damaged
   */
  public void verify() {
    for (SegmentChunk chunk : chunks()) {
      batches(chunk);
    }
  }
}
