package io.streamhouse.storage;

import io.vertx.core.Future;
import java.nio.ByteBuffer;
import java.util.List;

/** Writes objects, each once. */
public interface ObjectUploader {
  /**
   * Writes a new object, durably before the future completes. The buffers must not change until then; their positions
   * are not touched.
   *
   * <p>Fails with {@link StorageException}: {@code ALREADY_EXISTS} when there is an object with this key, written by
   * whomever (it may be an earlier attempt of our own whose answer was lost); {@code UNAVAILABLE} when it may or may not
   * have been written and is worth another attempt with the same key and bytes.
   *
   * @param key as {@link ObjectKeys} makes them
   * @param body the object's bytes, in order
   */
  Future<Void> putIfAbsent(String key, List<ByteBuffer> body);
}
