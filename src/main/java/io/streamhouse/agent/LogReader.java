package io.streamhouse.agent;

import io.streamhouse.ErrorCode;
import io.streamhouse.StreamHouseException;
import io.streamhouse.common.PartitionId;
import io.streamhouse.metadata.ChunkIndex;
import io.streamhouse.metadata.ChunkLocation;
import io.streamhouse.metadata.PartitionState;
import io.streamhouse.record.LogRecord;
import io.streamhouse.record.RecordBatch;
import io.vertx.core.Future;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads partitions: the tail of those led here from memory, everything else through the index. Only durable records are
 * ever seen, so it does not matter for correctness who answers.
 *
 * <p>Confined to the agent's event loop.
 */
final class LogReader {
  private static final int CHUNKS_PER_READ = 8;

  private final Function<PartitionId, @Nullable PartitionLog> heldLogs;
  private final TailCache tails;
  private final ChunkIndex index;
  private final ChunkReader chunks;
  private final int uncompressedBytesMax;

  LogReader(
      Function<PartitionId, @Nullable PartitionLog> heldLogs,
      TailCache tails,
      ChunkIndex index,
      ChunkReader chunks,
      int uncompressedBytesMax) {
    this.heldLogs = heldLogs;
    this.tails = tails;
    this.index = index;
    this.chunks = chunks;
    this.uncompressedBytesMax = uncompressedBytesMax;
  }

  /**
   * Reads from an offset on.
   *
   * @param bytesMax most bytes; one batch comes even when it is larger
   * @return fails with OFFSET_OUT_OF_RANGE, UNKNOWN_TOPIC, DATA_LOSS or UNAVAILABLE
   */
  Future<FetchedSlice> read(PartitionId partition, long offset, int bytesMax) {
    PartitionLog log = heldLogs.apply(partition);
    if (log != null && offset >= log.startOffset()) {
      if (offset == log.committedEnd()) {
        return Future.succeededFuture(
            new FetchedSlice(log.startOffset(), log.committedEnd(), List.of()));
      }
      List<ByteBuffer> batches = tails.read(log, offset, bytesMax);
      if (!batches.isEmpty()) {
        return Future.succeededFuture(
            new FetchedSlice(log.startOffset(), log.committedEnd(), batches));
      }
    }
    return state(partition).compose(state -> readStored(state, offset, bytesMax));
  }

  /** The state of a partition by the database; fails with UNKNOWN_TOPIC. */
  Future<PartitionState> state(PartitionId partition) {
    return index.partitionStates(List.of(partition)).map(states -> {
      PartitionState state = states.get(partition);
      if (state == null) {
        throw StreamHouseException.of(
            ErrorCode.UNKNOWN_TOPIC, "the topic of " + partition + " does not exist (any more)");
      }
      return state;
    });
  }

  /**
   * The first record with at least this timestamp.
   *
   * @return null when there is none
   */
  Future<@Nullable LogRecord> firstAt(PartitionId partition, long timestampMs) {
    return index.firstChunkAt(partition, timestampMs).compose(found -> {
      if (found.isEmpty()) {
        return Future.succeededFuture();
      }
      return chunks.read(found.get(0)).map(batches -> {
        for (RecordBatch batch : batches) {
          if (batch.maxTimestampMs() >= timestampMs) {
            for (LogRecord record : batch.records(uncompressedBytesMax)) {
              if (record.timestampMs() >= timestampMs) {
                return record;
              }
            }
          }
        }
        return null;
      });
    });
  }

  private Future<FetchedSlice> readStored(PartitionState state, long offset, int bytesMax) {
    if (offset < state.startOffset() || offset > state.endOffset()) {
      return Future.failedFuture(StreamHouseException.of(
          ErrorCode.OFFSET_OUT_OF_RANGE,
          "offset " + offset + " of " + state.id() + " is outside of " + state.startOffset() + ".."
              + state.endOffset()));
    }
    if (offset == state.endOffset()) {
      return Future.succeededFuture(
          new FetchedSlice(state.startOffset(), state.endOffset(), List.of()));
    }
    return index.chunksFrom(state.id(), offset, CHUNKS_PER_READ).compose(found -> {
      if (found.isEmpty() || found.get(0).chunk().baseOffset() > offset) {
        return Future.failedFuture(StreamHouseException.of(
            ErrorCode.DATA_LOSS,
            "the index of " + state.id() + " has no chunk for offset " + offset
                + ", though it ends at " + state.endOffset()));
      }
      return collect(found, 0, offset, bytesMax, new ArrayList<>(), 0)
          .map(batches -> new FetchedSlice(state.startOffset(), state.endOffset(), batches));
    });
  }

  private Future<List<ByteBuffer>> collect(
      List<ChunkLocation> found,
      int next,
      long offset,
      int bytesMax,
      List<ByteBuffer> batches,
      long size) {
    if (next == found.size() || size >= bytesMax) {
      return Future.succeededFuture(batches);
    }
    return chunks
        .read(found.get(next))
        .compose(
            content -> {
              long total = size;
              for (RecordBatch batch : content) {
                if (batch.lastOffset() < offset) {
                  continue;
                }
                if (!batches.isEmpty() && total + batch.sizeBytes() > bytesMax) {
                  return Future.succeededFuture(batches);
                }
                batches.add(batch.bytes());
                total += batch.sizeBytes();
              }
              return collect(found, next + 1, offset, bytesMax, batches, total);
            },
            failure ->
                batches.isEmpty() ? Future.failedFuture(failure) : Future.succeededFuture(batches));
  }
}
