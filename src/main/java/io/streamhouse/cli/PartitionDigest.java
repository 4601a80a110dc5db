package io.streamhouse.cli;

import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.TreeMap;

/**
 * A digest over all records of a partition in the order of their offsets. Records may come in another order: what comes
 * too early waits.
 */
final class PartitionDigest {
  private final MessageDigest digest;
  private final TreeMap<Long, Buffer> early = new TreeMap<>();
  private long next;

  PartitionDigest() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  void add(long offset, Buffer value) {
    early.put(offset, value);
    while (!early.isEmpty() && early.firstKey() == next) {
      Buffer bytes = early.remove(next);
      digest.update(ByteBuffer.allocate(2 * Long.BYTES)
          .putLong(next)
          .putLong(bytes.length())
          .flip());
      digest.update(bytes.getBytes());
      next++;
    }
  }

  /** Records without a gap from offset 0. */
  long records() {
    return next;
  }

  /** Records behind a gap. */
  int stranded() {
    return early.size();
  }

  /** The digest of what was added; to be asked once. */
  String hex() {
    return HexFormat.of().formatHex(digest.digest());
  }
}
