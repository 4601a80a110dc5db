package io.streamhouse;

import java.util.Optional;

/**
 * A partition as it is now.
 *
 * @param partition from 0
 * @param startOffset the first offset that can be read
 * @param endOffset the offset that the next record gets
 * @param leaseEpoch grows with each change of leader; 0 when the partition was never led
 * @param leader {@code host:port} of the agent that leads it, if one does
 */
public record PartitionDescription(
    int partition, long startOffset, long endOffset, int leaseEpoch, Optional<String> leader) {}
