package io.streamhouse.storage.file;

import io.streamhouse.storage.ObjectStore;
import io.streamhouse.storage.RequestRules;
import io.streamhouse.storage.StorageException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The object store in a local directory: an object is a file below the root, its path is the key. An object appears
 * whole, after it and its directories have been forced to disk, and is never overwritten. Several processes may share a
 * root on one machine.
 *
 * <p>Because directories are real here, a key cannot continue another one: beside {@code a} there is no {@code a/b}; the
 * second is {@code REJECTED}. Directories stay when their last object goes.
 *
 * <p>Disk work runs on {@value #WORKERS} threads; futures complete on the caller's context.
 */
public final class FileObjectStore implements ObjectStore {
  /** Enough to keep a disk busy during an fsync of one of them, few enough not to take the cores from event loops. */
  private static final int WORKERS = 4;

  private final WorkerExecutor workers;
  private final ObjectFiles files;
  private final Path root;

  private FileObjectStore(WorkerExecutor workers, ObjectFiles files, Path root) {
    this.workers = workers;
    this.files = files;
    this.root = root;
  }

  /**
   * Opens a directory, makes it if it does not exist, and removes what processes that were killed left half written.
   * Fails with {@link StorageException} {@code ACCESS_DENIED}, {@code FULL} or {@code REJECTED}.
   */
  public static Future<FileObjectStore> open(Vertx vertx, Path root) {
    Path absolute = root.toAbsolutePath().normalize();
    WorkerExecutor workers = vertx.createSharedWorkerExecutor("streamhouse-file-store", WORKERS);
    return workers
        .executeBlocking(() -> openFiles(absolute), false)
        .map(files -> new FileObjectStore(workers, files, absolute))
        .recover(failure -> workers.close().transform(closed -> Future.failedFuture(failure)));
  }

  private static ObjectFiles openFiles(Path root) {
    try {
      return ObjectFiles.open(root);
    } catch (IOException e) {
      throw FileFailures.write("open " + root, root, 0, e);
    }
  }

  @Override
  public Future<Void> putIfAbsent(String key, List<ByteBuffer> body) {
    return run(RequestRules.key(key), () -> files.putIfAbsent(key, body));
  }

  @Override
  public Future<ByteBuffer> getRange(String key, long position, int length) {
    return call(
        RequestRules.range(key, position, length), () -> files.getRange(key, position, length));
  }

  @Override
  public Future<Long> size(String key) {
    return call(RequestRules.key(key), () -> files.size(key));
  }

  @Override
  public Future<Void> delete(String key) {
    return run(RequestRules.key(key), () -> files.delete(key));
  }

  @Override
  public Future<Page> list(String prefix, String startAfter, int limit) {
    return call(
        RequestRules.listing(prefix, startAfter, limit),
        () -> files.list(prefix, startAfter, limit));
  }

  @Override
  public String describe() {
    return "file:" + root;
  }

  @Override
  public Future<Void> close() {
    return run(null, files::close).eventually(workers::close);
  }

  private Future<Void> run(@Nullable StorageException refused, Runnable operation) {
    return call(refused, () -> {
          operation.run();
          return true;
        })
        .mapEmpty();
  }

  private <T> Future<T> call(@Nullable StorageException refused, Supplier<T> operation) {
    return refused != null
        ? Future.failedFuture(refused)
        : workers.executeBlocking(operation::get, false);
  }
}
