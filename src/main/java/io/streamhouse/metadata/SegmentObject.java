package io.streamhouse.metadata;

import java.util.UUID;

/**
 * An object as the commit names it.
 *
 * @param objectId the object's own id, also in its header
 * @param key its key in the store
 * @param size bytes
 */
public record SegmentObject(UUID objectId, String key, long size) {}
