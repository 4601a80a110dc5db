package io.streamhouse.storage;

import io.vertx.core.Future;
import java.nio.ByteBuffer;

/** Reads ranges of objects. */
public interface ObjectFetcher {
  /**
   * Reads exactly {@code length} bytes. Fails with {@link StorageException}: {@code NOT_FOUND}; {@code TRUNCATED} when
   * the object ends before; {@code UNAVAILABLE}.
   *
   * @param position from 0
   * @param length at least 1
   * @return a heap buffer, position 0, limit {@code length}
   */
  Future<ByteBuffer> getRange(String key, long position, int length);

  /** The object's size in bytes. Fails with {@code NOT_FOUND} or {@code UNAVAILABLE}. */
  Future<Long> size(String key);
}
