package io.streamhouse.agent;

import io.streamhouse.ErrorCode;
import io.streamhouse.StreamHouseException;
import io.streamhouse.metadata.Chunk;
import io.streamhouse.metadata.ChunkLocation;
import io.streamhouse.record.InvalidBatchException;
import io.streamhouse.record.RecordBatch;
import io.streamhouse.storage.ObjectFetcher;
import io.streamhouse.storage.StorageException;
import io.vertx.core.Future;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Reads chunks out of objects and believes nothing: a chunk whose batches are damaged, or are not those that the index
 * names, is DATA_LOSS with object and range. Keeps the latest chunks, since a reader takes a large one in several
 * fetches; readers of the same chunk share one GET.
 *
 * <p>Confined to the agent's event loop.
 */
final class ChunkReader {
  private final ObjectFetcher fetcher;
  private final long bytesMax;
  private final Map<Key, Future<List<RecordBatch>>> chunks = new LinkedHashMap<>(16, 0.75f, true);
  private long bytes;

  /**
   * Creates a reader.
   *
   * @param bytesMax of the chunks it keeps
   */
  ChunkReader(ObjectFetcher fetcher, long bytesMax) {
    this.fetcher = fetcher;
    this.bytesMax = bytesMax;
  }

  /** The batches of a chunk. Fails with DATA_LOSS or UNAVAILABLE. */
  Future<List<RecordBatch>> read(ChunkLocation location) {
    Key key = new Key(
        location.chunk().objectId(),
        location.chunk().position(),
        location.chunk().length());
    Future<List<RecordBatch>> known = chunks.get(key);
    if (known != null) {
      return known;
    }
    Future<List<RecordBatch>> read = fetcher
        .getRange(location.key(), key.position, key.length)
        .recover(failure -> Future.failedFuture(translate(location, failure)))
        .map(content -> {
          try {
            return verified(location, RecordBatch.split(content));
          } catch (InvalidBatchException e) {
            throw dataLoss(location, e.getMessage(), e);
          }
        });
    chunks.put(key, read);
    bytes += key.length;
    evict();
    return read.onFailure(failure -> forget(key));
  }

  private void evict() {
    while (bytes > bytesMax && chunks.size() > 1) {
      forget(chunks.keySet().iterator().next());
    }
  }

  private void forget(Key key) {
    if (chunks.remove(key) != null) {
      bytes -= key.length;
    }
  }

  private static List<RecordBatch> verified(ChunkLocation location, List<RecordBatch> batches) {
    Chunk chunk = location.chunk();
    long next = chunk.baseOffset();
    for (RecordBatch batch : batches) {
      if (!batch.hasValidCrc()) {
        throw dataLoss(
            location, "the batch at offset " + next + " does not match its checksum", null);
      }
      if (batch.baseOffset() != next || batch.leaderEpoch() != chunk.epoch()) {
        throw dataLoss(
            location,
            "there is a batch at offset " + batch.baseOffset() + " of lease epoch "
                + batch.leaderEpoch() + " where " + next + " of " + chunk.epoch() + " should be",
            null);
      }
      next = batch.lastOffset() + 1;
    }
    if (next != chunk.lastOffset() + 1) {
      throw dataLoss(location, "its batches end at offset " + (next - 1), null);
    }
    return batches;
  }

  private static StreamHouseException translate(ChunkLocation location, Throwable failure) {
    if (failure instanceof StorageException storage) {
      switch (storage.kind()) {
        case NOT_FOUND -> {
          return dataLoss(location, "the object is missing", failure);
        }
        case TRUNCATED -> {
          return dataLoss(location, "the object is shorter", failure);
        }
        default -> {}
      }
    }
    return StreamHouseException.of(
        ErrorCode.UNAVAILABLE,
        "cannot read " + describe(location) + ": " + failure.getMessage(),
        failure);
  }

  private static StreamHouseException dataLoss(
      ChunkLocation location, @Nullable String what, @Nullable Throwable cause) {
    String message = describe(location) + " is damaged: " + what
        + ". Restore the object from a backup or a version of the bucket";
    return cause == null
        ? StreamHouseException.of(ErrorCode.DATA_LOSS, message)
        : StreamHouseException.of(ErrorCode.DATA_LOSS, message, cause);
  }

  private static String describe(ChunkLocation location) {
    Chunk chunk = location.chunk();
    return "object " + location.key() + ", bytes " + chunk.position() + ".."
        + (chunk.position() + chunk.length() - 1) + " (" + chunk.partitionId() + ", offsets "
        + chunk.baseOffset() + ".." + chunk.lastOffset() + ")";
  }

  private record Key(UUID objectId, long position, int length) {}
}
