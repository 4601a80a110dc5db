package io.streamhouse.agent;

/**
 * What became of a batch that is durable.
 *
 * @param baseOffset the offset of its first record
 * @param duplicate whether it had been written before
 */
record AppendResult(long baseOffset, boolean duplicate) {}
