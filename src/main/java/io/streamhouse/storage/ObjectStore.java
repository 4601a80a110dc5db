package io.streamhouse.storage;

import io.vertx.core.Future;

/** All of an object store; most code asks for the one port it needs. Futures complete on the caller's context. */
public interface ObjectStore extends ObjectUploader, ObjectFetcher, ObjectDeleter, ObjectLister {
  /** A short name of the place for logs and messages, such as {@code s3://bucket/prefix}. */
  String describe();

  /** Frees connections and threads. */
  Future<Void> close();
}
