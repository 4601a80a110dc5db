package io.streamhouse.metadata;

import java.util.UUID;

/** A kind of metadata store, as the contracts need it: they run against each kind. */
public interface MetadataBackend {
  /** The store under test; the same one at each call. */
  MetadataStore store();

  /** Lets the time to live of a session pass, by the clock that decides. */
  void letExpire(UUID sessionId);
}
