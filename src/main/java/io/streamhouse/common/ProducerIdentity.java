package io.streamhouse.common;

/**
 * Who a producer is.
 *
 * @param producerId at least 0
 * @param epoch 0 to 32767
 */
public record ProducerIdentity(long producerId, int epoch) {}
