package io.streamhouse.rpc;

import io.streamhouse.Admin;
import io.streamhouse.AdminOptions;
import io.streamhouse.AgentDescription;
import io.streamhouse.Topic;
import io.streamhouse.TopicDescription;
import io.streamhouse.common.AgentAddress;
import io.streamhouse.proto.v1.AlterTopicRequest;
import io.streamhouse.proto.v1.CreateTopicRequest;
import io.streamhouse.proto.v1.DeleteTopicRequest;
import io.streamhouse.proto.v1.DescribeTopicRequest;
import io.streamhouse.proto.v1.ListTopicsRequest;
import io.streamhouse.proto.v1.ListTopicsResponse;
import io.streamhouse.proto.v1.LookupLeasesRequest;
import io.streamhouse.proto.v1.LookupLeasesResponse;
import io.streamhouse.proto.v1.MetadataServiceGrpcClient;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Map;

/** {@link Admin} over gRPC. */
public final class RpcAdmin implements Admin {
  private final AgentClient client;
  private final BootstrapCalls calls;

  private RpcAdmin(AgentClient client, BootstrapCalls calls) {
    this.client = client;
    this.calls = calls;
  }

  /** Creates a client; it connects when it is first used. */
  public static Admin create(Vertx vertx, AdminOptions options) {
    AgentClient client = AgentClient.create(vertx);
    List<AgentAddress> agents =
        options.getBootstrap().stream().map(AgentAddress::parse).toList();
    return new RpcAdmin(client, new BootstrapCalls(client, agents, options.getRequestTimeoutMs()));
  }

  @Override
  public Future<Topic> createTopic(String name, int partitionCount, Map<String, String> config) {
    CreateTopicRequest request = CreateTopicRequest.newBuilder()
        .setName(name)
        .setPartitionCount(partitionCount)
        .putAllConfig(config)
        .build();
    return calls.write(MetadataServiceGrpcClient.CreateTopic, request).map(TopicMessages::topic);
  }

  @Override
  public Future<Void> deleteTopic(String name) {
    DeleteTopicRequest request = DeleteTopicRequest.newBuilder().setName(name).build();
    return calls.write(MetadataServiceGrpcClient.DeleteTopic, request).mapEmpty();
  }

  @Override
  public Future<List<Topic>> listTopics() {
    return calls
        .read(MetadataServiceGrpcClient.ListTopics, ListTopicsRequest.getDefaultInstance())
        .map(ListTopicsResponse::getTopicsList)
        .map(topics -> topics.stream().map(TopicMessages::topic).toList());
  }

  @Override
  public Future<TopicDescription> describeTopic(String name) {
    DescribeTopicRequest request =
        DescribeTopicRequest.newBuilder().setName(name).build();
    return calls
        .read(MetadataServiceGrpcClient.DescribeTopic, request)
        .map(TopicMessages::description);
  }

  @Override
  public Future<Topic> alterTopic(String name, int partitionCount, Map<String, String> config) {
    AlterTopicRequest request = AlterTopicRequest.newBuilder()
        .setName(name)
        .setPartitionCount(partitionCount)
        .putAllConfig(config)
        .build();
    return calls.write(MetadataServiceGrpcClient.AlterTopic, request).map(TopicMessages::topic);
  }

  @Override
  public Future<List<AgentDescription>> listAgents() {
    return calls
        .read(MetadataServiceGrpcClient.LookupLeases, LookupLeasesRequest.getDefaultInstance())
        .map(LookupLeasesResponse::getAgentsList)
        .map(agents -> agents.stream()
            .map(agent ->
                new AgentDescription(agent.getAgentId(), agent.getAddress(), agent.getZone()))
            .toList());
  }

  @Override
  public Future<Void> close() {
    return client.close();
  }
}
