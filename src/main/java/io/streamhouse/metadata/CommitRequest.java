package io.streamhouse.metadata;

import java.util.List;
import java.util.UUID;

/**
 * Objects that are stored and should become part of the log, in one transaction.
 *
 * @param sessionId the session of the agent that wrote them
 * @param objects in the order of their flushes
 * @param chunks of all these objects; those of one partition in the order of offsets, without gaps between them
 * @param producerStates what each partition remembers of each producer once its chunks are in; applied only for
 *     partitions whose chunks are accepted
 */
public record CommitRequest(
    UUID sessionId,
    List<SegmentObject> objects,
    List<Chunk> chunks,
    List<ProducerState> producerStates) {
  public CommitRequest {
    objects = List.copyOf(objects);
    chunks = List.copyOf(chunks);
    producerStates = List.copyOf(producerStates);
  }
}
