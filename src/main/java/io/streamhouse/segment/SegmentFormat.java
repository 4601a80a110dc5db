package io.streamhouse.segment;

import java.nio.ByteBuffer;
import java.util.UUID;
import java.util.zip.CRC32C;

/** What all parts of a segment object share; all numbers are big-endian. */
final class SegmentFormat {
  /** "SHSG", at both ends of an object. */
  static final int MAGIC = 0x53485347;

  /** Raised when a reader of the version before would misread an object. */
  static final short VERSION = 1;

  private SegmentFormat() {}

  static int crcOf(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.duplicate());
    return (int) crc.getValue();
  }

  static void putUuid(ByteBuffer target, UUID uuid) {
    target.putLong(uuid.getMostSignificantBits()).putLong(uuid.getLeastSignificantBits());
  }

  static UUID getUuid(ByteBuffer source) {
    return new UUID(source.getLong(), source.getLong());
  }

  static String hex(int value) {
    return "0x" + Integer.toHexString(value);
  }
}
