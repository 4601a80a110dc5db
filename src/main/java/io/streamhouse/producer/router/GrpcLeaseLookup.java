package io.streamhouse.producer.router;

import com.google.protobuf.ByteString;
import io.streamhouse.ErrorCode;
import io.streamhouse.StreamHouseException;
import io.streamhouse.common.AgentAddress;
import io.streamhouse.producer.router.LeaseUpdate.Lease;
import io.streamhouse.producer.router.LeaseUpdate.Snapshot;
import io.streamhouse.producer.router.LeaseUpdate.TopicLeases;
import io.streamhouse.proto.v1.Agent;
import io.streamhouse.proto.v1.LookupLeasesRequest;
import io.streamhouse.proto.v1.LookupLeasesResponse;
import io.streamhouse.proto.v1.MetadataServiceGrpcClient;
import io.streamhouse.rpc.AgentClient;
import io.vertx.core.Future;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** {@code MetadataService.LookupLeases}. */
final class GrpcLeaseLookup implements LeaseLookup {
  private static final int UUID_BYTES = 16;

  private final AgentClient client;
  private final long timeoutMs;

  GrpcLeaseLookup(AgentClient client, long timeoutMs) {
    this.client = client;
    this.timeoutMs = timeoutMs;
  }

  @Override
  public Future<Snapshot> lookup(AgentAddress agent, Set<String> topics) {
    LookupLeasesRequest request =
        LookupLeasesRequest.newBuilder().addAllTopics(topics).build();
    return client
        .call(agent, MetadataServiceGrpcClient.LookupLeases, request, timeoutMs)
        .map(response -> toSnapshot(agent, response));
  }

  private static Snapshot toSnapshot(AgentAddress from, LookupLeasesResponse response) {
    List<TopicLeases> topics = new ArrayList<>();
    for (io.streamhouse.proto.v1.TopicLeases topic : response.getTopicsList()) {
      Map<Integer, Lease> leases = new HashMap<>();
      for (io.streamhouse.proto.v1.Lease lease : topic.getLeasesList()) {
        leases.put(
            lease.getPartition(),
            new Lease(lease.getEpoch(), AgentAddress.parse(lease.getHolderAddress())));
      }
      if (topic.getPartitionCount() < 1) {
        throw unreadable(from, "topic '" + topic.getTopic() + "' has no partitions");
      }
      topics.add(new TopicLeases(
          topic.getTopic(), toUuid(from, topic.getTopicId()), topic.getPartitionCount(), leases));
    }
    List<AgentNode> agents = new ArrayList<>();
    for (Agent agent : response.getAgentsList()) {
      agents.add(new AgentNode(
          agent.getAgentId(), AgentAddress.parse(agent.getAddress()), agent.getZone()));
    }
    return new Snapshot(topics, Set.copyOf(response.getUnknownTopicsList()), agents);
  }

  private static UUID toUuid(AgentAddress from, ByteString bytes) {
    if (bytes.size() != UUID_BYTES) {
      throw unreadable(from, "a topic id has " + bytes.size() + " bytes");
    }
    ByteBuffer buffer = bytes.asReadOnlyByteBuffer();
    return new UUID(buffer.getLong(), buffer.getLong());
  }

  private static StreamHouseException unreadable(AgentAddress from, String what) {
    return StreamHouseException.of(
        ErrorCode.INTERNAL, "the lease table of " + from + " cannot be read: " + what);
  }
}
