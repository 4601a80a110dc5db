package io.streamhouse.segment;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * A segment object ready to be stored.
 *
 * @param parts its bytes, in order; the batches among them are shared, not copied, and must not change any more
 * @param chunks as its footer lists them
 * @param sizeBytes the remaining bytes of all parts
 */
public record WrittenSegment(List<ByteBuffer> parts, List<SegmentChunk> chunks, long sizeBytes) {
  public WrittenSegment {
    parts = List.copyOf(parts);
    chunks = List.copyOf(chunks);
  }
}
