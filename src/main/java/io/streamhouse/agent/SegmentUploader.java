package io.streamhouse.agent;

import io.streamhouse.common.RetryPolicy;
import io.streamhouse.common.Scheduler;
import io.streamhouse.segment.CorruptSegmentException;
import io.streamhouse.segment.SegmentHeader;
import io.streamhouse.storage.ObjectFetcher;
import io.streamhouse.storage.ObjectUploader;
import io.streamhouse.storage.StorageException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Stores segments, and does not give up: an upload that fails is tried again, with backoff, as long as the session
 * lives. Meanwhile the data stays in memory, and producers feel back-pressure.
 */
final class SegmentUploader {
  private final ObjectUploader uploader;
  private final ObjectFetcher fetcher;
  private final Scheduler scheduler;
  private final RetryPolicy retries;
  private final StoreHealth health;

  SegmentUploader(
      ObjectUploader uploader,
      ObjectFetcher fetcher,
      Scheduler scheduler,
      RetryPolicy retries,
      StoreHealth health) {
    this.uploader = uploader;
    this.fetcher = fetcher;
    this.scheduler = scheduler;
    this.retries = retries;
    this.health = health;
  }

  /**
   * Stores a segment under its key.
   *
   * @param alive whether it is still worth trying; once false, the future may never complete
   * @return succeeds when it is stored; fails only when the key holds somebody else's object
   */
  Future<Void> upload(ClosedSegment segment, BooleanSupplier alive) {
    Promise<Void> stored = Promise.promise();
    attempt(segment, alive, 0, stored);
    return stored.future();
  }

  private void attempt(
      ClosedSegment segment, BooleanSupplier alive, int attempt, Promise<Void> stored) {
    String key = segment.object().key();
    uploader
        .putIfAbsent(key, segment.body())
        .recover(
            failure -> isAlreadyThere(failure) ? isOurs(segment) : Future.failedFuture(failure))
        .onSuccess(v -> {
          health.worked();
          stored.complete();
        })
        .onFailure(failure -> {
          if (isAlreadyThere(failure)) {
            stored.fail(failure);
          } else if (alive.getAsBoolean()) {
            health.failed(failure);
            scheduler.schedule(
                retries.delayMs(attempt), () -> attempt(segment, alive, attempt + 1, stored));
          }
        });
  }

  /** An object under our key is ours when an earlier attempt's answer was lost: then its header names our object. */
  private Future<Void> isOurs(ClosedSegment segment) {
    String key = segment.object().key();
    return fetcher
        .getRange(key, 0, SegmentHeader.BYTES)
        .compose(
            bytes -> {
              try {
                if (SegmentHeader.parse(bytes)
                    .objectId()
                    .equals(segment.object().objectId())) {
                  return Future.succeededFuture();
                }
              } catch (CorruptSegmentException e) {
                return foreign(key, e);
              }
              return foreign(key, null);
            },
            failure -> isTooShort(failure) ? foreign(key, failure) : Future.failedFuture(failure));
  }

  private static Future<Void> foreign(String key, @Nullable Throwable cause) {
    return Future.failedFuture(new StorageException(
        StorageException.Kind.ALREADY_EXISTS, key + " holds an object of another writer", cause));
  }

  private static boolean isTooShort(Throwable failure) {
    return failure instanceof StorageException storage
        && storage.kind() == StorageException.Kind.TRUNCATED;
  }

  private static boolean isAlreadyThere(Throwable failure) {
    return failure instanceof StorageException storage
        && storage.kind() == StorageException.Kind.ALREADY_EXISTS;
  }
}
