package io.streamhouse.bus;

import io.streamhouse.common.PartitionId;
import java.nio.ByteBuffer;

/**
 * A full batch on its way from accumulator to router to sender, passed by reference inside one node. Producer id,
 * epoch, sequence and CRC are not set yet: the sender sets them, because it decides what goes out in which order.
 *
 * @param batchId unique within the producer, growing in the order of sealing
 * @param topic the topic's name, for messages to people
 * @param partitionId where it goes
 * @param records one Kafka record batch; owned by whoever holds this message
 * @param recordCount at least 1
 * @param deadlineNanos the {@code nanoTime} at which its records fail if they are not acknowledged
 */
public record SealedBatch(
    long batchId,
    String topic,
    PartitionId partitionId,
    ByteBuffer records,
    int recordCount,
    long deadlineNanos) {}
