package io.streamhouse.metadata.postgres;

import io.streamhouse.ErrorCode;
import io.streamhouse.StreamHouseException;
import io.streamhouse.common.PartitionId;
import io.streamhouse.common.ProducerIdentity;
import io.streamhouse.metadata.AgentInfo;
import io.streamhouse.metadata.ChunkLocation;
import io.streamhouse.metadata.CommitRequest;
import io.streamhouse.metadata.CommitResult;
import io.streamhouse.metadata.MetadataStore;
import io.streamhouse.metadata.PartitionState;
import io.streamhouse.metadata.ProducerState;
import io.streamhouse.metadata.SegmentObject;
import io.streamhouse.metadata.TopicInfo;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * The metadata in PostgreSQL 14 or newer. Calls come from any context and complete on it. After an outage of the server
 * the next call connects anew.
 *
 * <p>A transaction-pooling proxy in between is not supported: it refuses or forgets the limits that each connection is
 * given.
 */
public final class PostgresMetadataStore implements MetadataStore {
  private final String place;
  private final UUID clusterId;
  private final Connections connections;
  private final TopicQueries topics;
  private final SessionQueries sessions;
  private final LeaseQueries leases;
  private final CommitQueries commits;
  private final ChunkQueries chunks;
  private final ProducerQueries producers;

  PostgresMetadataStore(Connections connections, PostgresOptions options, UUID clusterId) {
    this.place = options.place();
    this.clusterId = clusterId;
    this.connections = connections;
    this.topics = new TopicQueries(connections, options);
    this.sessions = new SessionQueries(connections, options);
    this.leases = new LeaseQueries(connections, options);
    this.commits = new CommitQueries(connections, options);
    this.chunks = new ChunkQueries(connections, options);
    this.producers = new ProducerQueries(connections, options);
  }

  /**
   * Connects, checks the server, brings the schema up to date. A server that cannot be reached is tried for {@code
   * connectTimeoutMs}; one that is not fit, or a schema of another program, is refused at once.
   *
   * @return fails with {@code UNAVAILABLE}, {@code INVALID_CONFIGURATION}, {@code UNAUTHENTICATED} or {@code
   *     PERMISSION_DENIED}, with a message that says what to do
   */
  public static Future<MetadataStore> connect(Vertx vertx, PostgresOptions options) {
    PostgresOptions copy = new PostgresOptions(options);
    if (copy.getSslMode().startsWith("verify") && copy.getCaFile() == null) {
      return Future.failedFuture(StreamHouseException.of(
          ErrorCode.INVALID_CONFIGURATION, "sslMode " + copy.getSslMode() + " needs a caFile"));
    }
    return new Opening(vertx, copy, Migration.all()).open();
  }

  @Override
  public Future<UUID> clusterId() {
    return Future.succeededFuture(clusterId);
  }

  @Override
  public String describe() {
    return "PostgreSQL at " + place;
  }

  @Override
  public Future<Void> close() {
    return connections.close();
  }

  @Override
  public Future<TopicInfo> createTopic(String name, int partitions, Map<String, String> config) {
    return topics.createTopic(name, partitions, config);
  }

  @Override
  public Future<TopicInfo> findTopic(String name) {
    return topics.findTopic(name);
  }

  @Override
  public Future<TopicInfo> findTopic(UUID topicId) {
    return topics.findTopic(topicId);
  }

  @Override
  public Future<List<TopicInfo>> listTopics() {
    return topics.listTopics();
  }

  @Override
  public Future<TopicInfo> alterTopic(String name, int partitions, Map<String, String> config) {
    return topics.alterTopic(name, partitions, config);
  }

  @Override
  public Future<Void> deleteTopic(String name) {
    return topics.deleteTopic(name);
  }

  @Override
  public Future<AgentInfo> openSession(String agentId, String address, String zone, long ttlMs) {
    return sessions.openSession(agentId, address, zone, ttlMs);
  }

  @Override
  public Future<Boolean> heartbeat(UUID sessionId, long ttlMs) {
    return sessions.heartbeat(sessionId, ttlMs);
  }

  @Override
  public Future<Void> closeSession(UUID sessionId) {
    return sessions.closeSession(sessionId);
  }

  @Override
  public Future<List<AgentInfo>> liveAgents() {
    return sessions.liveAgents();
  }

  @Override
  public Future<List<PartitionState>> acquireLeases(UUID sessionId, List<PartitionId> partitions) {
    return leases.acquireLeases(sessionId, partitions);
  }

  @Override
  public Future<Void> releaseLeases(UUID sessionId, List<PartitionId> partitions) {
    return leases.releaseLeases(sessionId, partitions);
  }

  @Override
  public Future<List<PartitionState>> partitions(UUID topicId) {
    return leases.partitions(topicId);
  }

  @Override
  public Future<List<ProducerState>> producerStates(List<PartitionId> partitions) {
    return leases.producerStates(partitions);
  }

  @Override
  public Future<CommitResult> commit(CommitRequest request) {
    return commits.commit(request);
  }

  @Override
  public Future<CommitResult> claimObjects(CommitRequest request) {
    return commits.claimObjects(request);
  }

  @Override
  public Future<Void> discardObjects(UUID sessionId, List<SegmentObject> objects) {
    return commits.discardObjects(sessionId, objects);
  }

  @Override
  public Future<List<ChunkLocation>> chunksFrom(PartitionId partition, long offset, int limit) {
    return chunks.chunksFrom(partition, offset, limit);
  }

  @Override
  public Future<List<ChunkLocation>> firstChunkAt(PartitionId partition, long timestampMs) {
    return chunks.firstChunkAt(partition, timestampMs);
  }

  @Override
  public Future<Map<PartitionId, PartitionState>> partitionStates(List<PartitionId> partitions) {
    return chunks.partitionStates(partitions);
  }

  @Override
  public Future<List<SegmentObject>> objectsOf(UUID topicId, int limit) {
    return chunks.objectsOf(topicId, limit);
  }

  @Override
  public Future<ProducerIdentity> newProducer() {
    return producers.newProducer();
  }

  @Override
  public Future<ProducerIdentity> takeOver(String producerName) {
    return producers.takeOver(producerName);
  }

  @Override
  public Future<ProducerIdentity> raiseEpoch(ProducerIdentity present) {
    return producers.raiseEpoch(present);
  }

  @Override
  public Future<Map<Long, Integer>> lowestEpochs(Collection<Long> producerIds) {
    return producers.lowestEpochs(producerIds);
  }
}
