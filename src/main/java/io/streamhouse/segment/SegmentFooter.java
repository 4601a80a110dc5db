package io.streamhouse.segment;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * How a segment object ends. The footer: CRC-32C of the header, then an entry of 68 bytes per chunk. The trailer behind
 * it: length of the footer (u32), CRC-32C of the footer, magic "SHSG". So every byte of an object lies under a checksum,
 * and its tail alone tells what is in it.
 *
 * @param headerCrc CRC-32C of the object's header
 * @param chunks in the order in which they lie in the object
 */
public record SegmentFooter(int headerCrc, List<SegmentChunk> chunks) {
  /** Length of the trailer: what has to be read to know the footer's length. */
  public static final int TRAILER_BYTES = 12;

  private static final int HEADER_CRC_BYTES = 4;

  public SegmentFooter {
    chunks = List.copyOf(chunks);
  }

  /** Footer and trailer. */
  ByteBuffer toBytes() {
    int length = HEADER_CRC_BYTES + chunks.size() * SegmentChunk.BYTES;
    ByteBuffer bytes = ByteBuffer.allocate(length + TRAILER_BYTES);
    bytes.putInt(headerCrc);
    for (SegmentChunk chunk : chunks) {
      chunk.write(bytes);
    }
    int crc = SegmentFormat.crcOf(bytes.slice(0, length));
    return bytes.putInt(length).putInt(crc).putInt(SegmentFormat.MAGIC).flip();
  }

  /**
   * The length of an object's footer without its trailer.
   *
   * @param tail the end of the object, from position to limit, at least its last {@link #TRAILER_BYTES}
   * @param objectSizeBytes the size of the whole object
   * @throws CorruptSegmentException when these are no trailer of an object of that size
   */
  static int lengthFrom(ByteBuffer tail, long objectSizeBytes) {
    long sizeMin = SegmentHeader.BYTES + HEADER_CRC_BYTES + TRAILER_BYTES;
    if (objectSizeBytes < sizeMin || tail.remaining() < TRAILER_BYTES) {
      throw new CorruptSegmentException(
          "too short (" + Math.min(objectSizeBytes, tail.remaining()) + " bytes)");
    }
    ByteBuffer trailer = tail.slice(tail.limit() - TRAILER_BYTES, TRAILER_BYTES);
    int magic = trailer.getInt(8);
    if (magic != SegmentFormat.MAGIC) {
      throw new CorruptSegmentException("ends with " + SegmentFormat.hex(magic) + " at byte "
          + (objectSizeBytes - 4) + ", not with \"SHSG\"");
    }
    int length = trailer.getInt(0);
    long space = objectSizeBytes - SegmentHeader.BYTES - TRAILER_BYTES;
    if (length < HEADER_CRC_BYTES
        || length > space
        || (length - HEADER_CRC_BYTES) % SegmentChunk.BYTES != 0) {
      throw new CorruptSegmentException("footer length " + Integer.toUnsignedString(length)
          + " at byte " + (objectSizeBytes - TRAILER_BYTES) + ": it must be " + HEADER_CRC_BYTES
          + " and a multiple of " + SegmentChunk.BYTES + ", at most " + space);
    }
    return length;
  }

  /**
   * Reads the footer of an object.
   *
   * @param tail the end of the object, from position to limit, at least footer and trailer
   * @param objectSizeBytes the size of the whole object
   * @throws CorruptSegmentException when it is damaged, or its chunks do not fill the object without gaps
   */
  static SegmentFooter parse(ByteBuffer tail, long objectSizeBytes) {
    int length = lengthFrom(tail, objectSizeBytes);
    if (tail.remaining() < length + TRAILER_BYTES) {
      throw new CorruptSegmentException("too short for the footer (" + tail.remaining()
          + " bytes, not " + (length + TRAILER_BYTES) + ")");
    }
    int start = tail.limit() - TRAILER_BYTES - length;
    long footerPosition = objectSizeBytes - TRAILER_BYTES - length;
    ByteBuffer footer = tail.slice(start, length);
    int stored = tail.slice(start + length, TRAILER_BYTES).getInt(4);
    int computed = SegmentFormat.crcOf(footer);
    if (stored != computed) {
      throw new CorruptSegmentException("footer at byte " + footerPosition + " has CRC-32C "
          + SegmentFormat.hex(computed) + ", its trailer says " + SegmentFormat.hex(stored));
    }
    int headerCrc = footer.getInt();
    return new SegmentFooter(headerCrc, chunks(footer, footerPosition));
  }

  private static List<SegmentChunk> chunks(ByteBuffer footer, long footerPosition) {
    List<SegmentChunk> chunks = new ArrayList<>(footer.remaining() / SegmentChunk.BYTES);
    long end = SegmentHeader.BYTES;
    while (footer.hasRemaining()) {
      long at = footerPosition + footer.position();
      SegmentChunk chunk = chunk(footer, at);
      if (chunk.position() != end) {
        throw new CorruptSegmentException("footer entry at byte " + at + " has a chunk at position "
            + chunk.position() + ", but the one before ends at " + end);
      }
      end = chunk.end();
      chunks.add(chunk);
    }
    if (end != footerPosition) {
      throw new CorruptSegmentException(
          "its chunks end at byte " + end + ", but its footer begins at byte " + footerPosition);
    }
    return chunks;
  }

  private static SegmentChunk chunk(ByteBuffer footer, long at) {
    try {
      return SegmentChunk.read(footer);
    } catch (IllegalArgumentException e) {
      throw new CorruptSegmentException(
          "footer entry at byte " + at + " is impossible: " + e.getMessage(), e);
    }
  }
}
