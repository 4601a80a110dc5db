package io.streamhouse.testing;

import io.streamhouse.storage.ObjectStore;
import io.streamhouse.storage.StorageException;
import io.vertx.core.Future;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * An object store in memory, for state machines on virtual time; real stores run in the tests of the adapters and of the
 * whole. Uploads can be held back, and made to fail before or after they have happened.
 */
public final class MemoryObjectStore implements ObjectStore {
  private final TreeMap<String, ByteBuffer> objects = new TreeMap<>();
  private final Deque<Supplier<Future<Void>>> nextPuts = new ArrayDeque<>();
  private final List<String> putKeys = new ArrayList<>();
  private Future<Void> nextGet = Future.succeededFuture();

  /** The next upload does not happen, and fails. */
  public void failNextPut(StorageException.Kind kind) {
    nextPuts.add(
        () -> Future.failedFuture(new StorageException(kind, "put failed on purpose", null)));
  }

  /** The next upload happens, but its answer is lost. */
  public void loseAnswerOfNextPut() {
    nextPuts.add(() -> null);
  }

  /** The next upload waits for this future before it happens. */
  public void holdNextPut(Future<Void> release) {
    nextPuts.add(() -> release);
  }

  /** The next read answers when this future succeeds. */
  public void holdNextGet(Future<Void> release) {
    nextGet = release;
  }

  public TreeMap<String, ByteBuffer> objects() {
    return objects;
  }

  /** The keys of all uploads that were asked for, in order. */
  public List<String> putKeys() {
    return putKeys;
  }

  @Override
  public Future<Void> putIfAbsent(String key, List<ByteBuffer> body) {
    putKeys.add(key);
    if (nextPuts.isEmpty()) {
      return store(key, body);
    }
    Future<Void> fault = nextPuts.remove().get();
    if (fault == null) {
      return store(key, body)
          .compose(v -> Future.failedFuture(new StorageException(
              StorageException.Kind.UNAVAILABLE, "answer lost on purpose", null)));
    }
    return fault.compose(v -> store(key, body));
  }

  private Future<Void> store(String key, List<ByteBuffer> body) {
    if (objects.containsKey(key)) {
      return Future.failedFuture(
          new StorageException(StorageException.Kind.ALREADY_EXISTS, key + " exists", null));
    }
    int size = body.stream().mapToInt(ByteBuffer::remaining).sum();
    ByteBuffer content = ByteBuffer.allocate(size);
    body.forEach(part -> content.put(part.duplicate()));
    objects.put(key, content.flip());
    return Future.succeededFuture();
  }

  @Override
  public Future<ByteBuffer> getRange(String key, long position, int length) {
    ByteBuffer content = objects.get(key);
    if (content == null) {
      return Future.failedFuture(
          new StorageException(StorageException.Kind.NOT_FOUND, key + " is missing", null));
    }
    if (position + length > content.limit()) {
      return Future.failedFuture(
          new StorageException(StorageException.Kind.TRUNCATED, key + " is shorter", null));
    }
    byte[] copy = new byte[length];
    content.get((int) position, copy);
    Future<Void> release = nextGet;
    nextGet = Future.succeededFuture();
    return release.map(ByteBuffer.wrap(copy));
  }

  @Override
  public Future<Long> size(String key) {
    ByteBuffer content = objects.get(key);
    return content == null
        ? Future.failedFuture(
            new StorageException(StorageException.Kind.NOT_FOUND, key + " is missing", null))
        : Future.succeededFuture((long) content.limit());
  }

  @Override
  public Future<Void> delete(String key) {
    objects.remove(key);
    return Future.succeededFuture();
  }

  @Override
  public Future<Page> list(String prefix, String startAfter, int limit) {
    List<Listed> found = objects.tailMap(startAfter, false).entrySet().stream()
        .filter(entry -> entry.getKey().startsWith(prefix))
        .map(entry -> new Listed(entry.getKey(), entry.getValue().limit(), 0))
        .toList();
    return Future.succeededFuture(
        new Page(found.subList(0, Math.min(limit, found.size())), found.size() > limit));
  }

  @Override
  public String describe() {
    return "memory";
  }

  @Override
  public Future<Void> close() {
    return Future.succeededFuture();
  }
}
