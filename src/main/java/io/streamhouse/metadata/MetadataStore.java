package io.streamhouse.metadata;

import io.vertx.core.Future;
import java.util.UUID;

/**
 * All of the metadata; most code asks for the one port it needs. Every call ends within a deadline. Futures fail with
 * {@link io.streamhouse.StreamHouseException} and complete on the caller's context.
 */
public interface MetadataStore
    extends TopicStore, SessionStore, LeaseStore, CommitStore, ChunkIndex, ProducerIds {
  /** The id of this cluster, made when the schema was. */
  Future<UUID> clusterId();

  /** A short name of the place for logs and messages, without credentials. */
  String describe();

  /** Closes all connections. */
  Future<Void> close();
}
