package io.streamhouse.metadata;

import io.streamhouse.common.PartitionId;
import java.util.Optional;

/**
 * A partition as the database knows it.
 *
 * @param id which
 * @param epoch of its present or last lease; 0 when it was never led; never falls
 * @param startOffset the first offset that can be read
 * @param endOffset the offset the next record gets
 * @param holder the live agent that holds its lease
 */
public record PartitionState(
    PartitionId id, int epoch, long startOffset, long endOffset, Optional<AgentInfo> holder) {}
