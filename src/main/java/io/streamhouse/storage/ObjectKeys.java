package io.streamhouse.storage;

import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.zip.CRC32C;

/** The names of objects. Nothing in a key comes from a user or from a value that two writers can share. */
public final class ObjectKeys {
  /** Below this all segments lie that agents write. */
  public static final String SEGMENTS = "wal/";

  private ObjectKeys() {}

  /**
   * The key of a flush: {@code wal/<2 hex>/<session>/<flush number, 16 hex>.seg}. The first two digits spread sessions
   * over the store's key space.
   *
   * @param flushNumber from 0, without gaps within a session
   */
  public static String segment(UUID sessionId, long flushNumber) {
    String session = sessionId.toString();
    return "%s%s/%s/%016x.seg".formatted(SEGMENTS, shard(session), session, flushNumber);
  }

  private static String shard(String session) {
    CRC32C crc = new CRC32C();
    crc.update(session.getBytes(StandardCharsets.US_ASCII));
    return "%02x".formatted(crc.getValue() & 0xff);
  }
}
