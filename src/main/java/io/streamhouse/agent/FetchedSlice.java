package io.streamhouse.agent;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * What a reader gets of a partition.
 *
 * @param startOffset the first offset that can be read
 * @param endOffset behind the last durable record
 * @param batches whole batches, the first of which holds the offset asked for; empty at the end of the log
 */
record FetchedSlice(long startOffset, long endOffset, List<ByteBuffer> batches) {
  FetchedSlice {
    batches = List.copyOf(batches);
  }

  long sizeBytes() {
    long size = 0;
    for (ByteBuffer batch : batches) {
      size += batch.remaining();
    }
    return size;
  }
}
