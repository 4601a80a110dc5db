package io.streamhouse.storage;

import io.vertx.core.Future;

/** Deletes objects. */
public interface ObjectDeleter {
  /** Deletes an object; succeeds when there is none. */
  Future<Void> delete(String key);
}
