package io.streamhouse.segment;

import java.nio.ByteBuffer;
import java.util.UUID;

/**
 * How a segment object begins: magic "SHSG", format version (u16), flags (u16, none defined), then three ids. A reader
 * tells by them whether the object is the one its index speaks of.
 *
 * @param clusterId of the cluster it belongs to: several may share a bucket
 * @param sessionId of the agent session that wrote it
 * @param objectId its own
 */
public record SegmentHeader(UUID clusterId, UUID sessionId, UUID objectId) {
  /** Its length. */
  public static final int BYTES = 56;

  /** Writes it at the buffer's position. */
  public void write(ByteBuffer target) {
    target.putInt(SegmentFormat.MAGIC).putShort(SegmentFormat.VERSION).putShort((short) 0);
    SegmentFormat.putUuid(target, clusterId);
    SegmentFormat.putUuid(target, sessionId);
    SegmentFormat.putUuid(target, objectId);
  }

  /**
   * Reads it from the buffer's position, which does not change.
   *
   * @throws CorruptSegmentException when it is none, or of a format that this release does not know
   */
  public static SegmentHeader parse(ByteBuffer object) {
    if (object.remaining() < BYTES) {
      throw new CorruptSegmentException(
          "too short for a segment header (" + object.remaining() + " bytes, not " + BYTES + ")");
    }
    ByteBuffer source = object.duplicate();
    int magic = source.getInt();
    if (magic != SegmentFormat.MAGIC) {
      throw new CorruptSegmentException(
          "begins with " + SegmentFormat.hex(magic) + " at byte 0, not with \"SHSG\"");
    }
    int version = source.getShort() & 0xffff;
    if (version != SegmentFormat.VERSION) {
      throw new CorruptSegmentException(
          "format version " + version + " at byte 4, this release reads " + SegmentFormat.VERSION);
    }
    int flags = source.getShort() & 0xffff;
    if (flags != 0) {
      throw new CorruptSegmentException(
          "flags " + SegmentFormat.hex(flags) + " at byte 6, this release knows none");
    }
    return new SegmentHeader(
        SegmentFormat.getUuid(source),
        SegmentFormat.getUuid(source),
        SegmentFormat.getUuid(source));
  }
}
