package io.streamhouse.producer.accumulator;

import io.vertx.core.buffer.Buffer;

/**
 * MurmurHash2, 32 bits, by Austin Appleby (public domain), with the seed that Kafka's clients use: the same key then
 * goes to the same partition whichever of them sends it.
 */
final class Murmur2 {
  private static final int SEED = 0x9747b28c;
  private static final int M = 0x5bd1e995;
  private static final int R = 24;

  private Murmur2() {}

  static int hash(Buffer key) {
    int length = key.length();
    int hash = SEED ^ length;
    int at = 0;
    for (; length - at >= Integer.BYTES; at += Integer.BYTES) {
      int k = key.getIntLE(at) * M;
      hash = (hash * M) ^ ((k ^ (k >>> R)) * M);
    }
    int tail = 0;
    for (int i = length - 1; i >= at; i--) {
      tail = (tail << Byte.SIZE) | key.getUnsignedByte(i);
    }
    if (at < length) {
      hash = (hash ^ tail) * M;
    }
    hash = (hash ^ (hash >>> 13)) * M;
    return hash ^ (hash >>> 15);
  }

  /** The partition of a key, as Kafka's clients choose it. */
  static int partition(Buffer key, int partitionCount) {
    return (hash(key) & Integer.MAX_VALUE) % partitionCount;
  }
}
