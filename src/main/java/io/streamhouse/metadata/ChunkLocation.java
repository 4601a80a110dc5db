package io.streamhouse.metadata;

/**
 * A chunk together with the key of its object.
 *
 * @param chunk the chunk
 * @param key of the object it lies in
 */
public record ChunkLocation(Chunk chunk, String key) {}
