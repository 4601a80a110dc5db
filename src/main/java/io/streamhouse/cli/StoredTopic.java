package io.streamhouse.cli;

import io.streamhouse.common.PartitionId;
import io.streamhouse.metadata.ChunkLocation;
import io.streamhouse.metadata.MetadataStore;
import io.streamhouse.metadata.PartitionState;
import io.streamhouse.metadata.SegmentObject;
import io.streamhouse.metadata.postgres.PostgresMetadataStore;
import io.streamhouse.metadata.postgres.PostgresOptions;
import io.streamhouse.record.RecordBatch;
import io.streamhouse.segment.SegmentChunk;
import io.streamhouse.segment.SegmentReader;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * What a topic is made of, read from the database and the objects themselves, not from the agent that wrote them.
 *
 * @param partitions in the order of their numbers
 * @param objects its segment objects, at most 1000
 * @param chunks rows of the index
 */
record StoredTopic(List<PartitionState> partitions, List<StoredObject> objects, long chunks) {
  private static final int ROWS_MAX = 1_000;

  /**
   * An object, verified.
   *
   * @param object its row
   * @param chunks in it
   * @param batches in all of its chunks
   */
  record StoredObject(SegmentObject object, int chunks, int batches) {}

  /** Reads it; fails when a checksum does not hold. */
  static StoredTopic read(Vertx vertx, PostgresOptions database, Path objects, UUID topicId)
      throws IOException {
    MetadataStore metadata = VertxSession.await(PostgresMetadataStore.connect(vertx, database));
    List<PartitionState> partitions = VertxSession.await(metadata.partitions(topicId));
    long chunks = 0;
    for (PartitionState partition : partitions) {
      chunks += countChunks(metadata, partition);
    }
    List<StoredObject> stored = new ArrayList<>();
    for (SegmentObject object : VertxSession.await(metadata.objectsOf(topicId, ROWS_MAX))) {
      stored.add(verify(object, objects.resolve(object.key())));
    }
    VertxSession.await(metadata.close());
    return new StoredTopic(partitions, stored, chunks);
  }

  private static long countChunks(MetadataStore metadata, PartitionState partition) {
    PartitionId id = partition.id();
    long count = 0;
    long offset = partition.startOffset();
    while (offset < partition.endOffset()) {
      List<ChunkLocation> page = VertxSession.await(metadata.chunksFrom(id, offset, ROWS_MAX));
      if (page.isEmpty()) {
        throw CommandFailure.failed("the index of " + id + " has no chunk for offset " + offset);
      }
      count += page.size();
      offset = page.get(page.size() - 1).chunk().lastOffset() + 1;
    }
    return count;
  }

  private static StoredObject verify(SegmentObject object, Path file) throws IOException {
    SegmentReader segment = SegmentReader.parse(ByteBuffer.wrap(Files.readAllBytes(file)));
    int batches = 0;
    for (SegmentChunk chunk : segment.chunks()) {
      List<RecordBatch> verified = segment.batches(chunk);
      batches += verified.size();
    }
    return new StoredObject(object, segment.chunks().size(), batches);
  }
}
