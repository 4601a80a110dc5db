package io.streamhouse.record;

/**
 * Zig-zag variable-length integers as Kafka's records and Protocol Buffers' sint32/sint64 use them: seven bits a byte,
 * lowest first, the highest bit set in all but the last.
 */
final class Varint {
  /** The most bytes of a 32-bit value. */
  static final int INT_BYTES_MAX = 5;
  /** The most bytes of a 64-bit value. */
  static final int LONG_BYTES_MAX = 10;

  private static final int MORE = 0x80;
  private static final int BITS = 7;

  private Varint() {}

  static int sizeOf(int value) {
    int zigzag = (value << 1) ^ (value >> 31);
    return (Integer.SIZE * 9 + 64 - Integer.numberOfLeadingZeros(zigzag) * 9) >>> 6;
  }

  static int sizeOf(long value) {
    long zigzag = (value << 1) ^ (value >> 63);
    return (Long.SIZE * 9 + 64 - Long.numberOfLeadingZeros(zigzag) * 9) >>> 6;
  }

  /** Writes a value and returns the position behind it. */
  static int write(byte[] target, int position, int value) {
    int rest = (value << 1) ^ (value >> 31);
    int at = position;
    while ((rest & -MORE) != 0) {
      target[at++] = (byte) (rest | MORE);
      rest >>>= BITS;
    }
    target[at++] = (byte) rest;
    return at;
  }

  /** Writes a value and returns the position behind it. */
  static int write(byte[] target, int position, long value) {
    long rest = (value << 1) ^ (value >> 63);
    int at = position;
    while ((rest & -MORE) != 0) {
      target[at++] = (byte) (rest | MORE);
      rest >>>= BITS;
    }
    target[at++] = (byte) rest;
    return at;
  }
}
