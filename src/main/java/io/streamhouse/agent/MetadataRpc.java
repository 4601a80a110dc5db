package io.streamhouse.agent;

import com.google.protobuf.Descriptors;
import io.streamhouse.ErrorCode;
import io.streamhouse.StreamHouseException;
import io.streamhouse.common.TopicNames;
import io.streamhouse.metadata.AgentInfo;
import io.streamhouse.metadata.PartitionState;
import io.streamhouse.metadata.TopicInfo;
import io.streamhouse.proto.v1.AlterTopicRequest;
import io.streamhouse.proto.v1.CreateTopicRequest;
import io.streamhouse.proto.v1.DeleteTopicRequest;
import io.streamhouse.proto.v1.DeleteTopicResponse;
import io.streamhouse.proto.v1.DescribeTopicRequest;
import io.streamhouse.proto.v1.Lease;
import io.streamhouse.proto.v1.ListTopicsRequest;
import io.streamhouse.proto.v1.ListTopicsResponse;
import io.streamhouse.proto.v1.LookupLeasesRequest;
import io.streamhouse.proto.v1.LookupLeasesResponse;
import io.streamhouse.proto.v1.MetadataServiceGrpcService;
import io.streamhouse.proto.v1.PartitionDescription;
import io.streamhouse.proto.v1.Topic;
import io.streamhouse.proto.v1.TopicDescription;
import io.streamhouse.proto.v1.TopicLeases;
import io.vertx.core.Future;
import io.vertx.grpc.common.ServiceName;
import io.vertx.grpc.server.GrpcServer;
import io.vertx.grpc.server.Service;
import java.util.ArrayList;
import java.util.List;

/** MetadataService over gRPC. */
final class MetadataRpc implements Service {
  private static final int PARTITIONS_MAX = 10_000;
  private static final int TOPICS_PER_LOOKUP_MAX = 1_000;

  private final Agent agent;

  MetadataRpc(Agent agent) {
    this.agent = agent;
  }

  @Override
  public ServiceName name() {
    return MetadataServiceGrpcService.SERVICE_NAME;
  }

  @Override
  public Descriptors.ServiceDescriptor descriptor() {
    return MetadataServiceGrpcService.SERVICE_DESCRIPTOR;
  }

  @Override
  public void bind(GrpcServer server) {
    GrpcCalls.unary(server, MetadataServiceGrpcService.CreateTopic, this::createTopic);
    GrpcCalls.unary(server, MetadataServiceGrpcService.DescribeTopic, this::describeTopic);
    GrpcCalls.unary(server, MetadataServiceGrpcService.ListTopics, this::listTopics);
    GrpcCalls.unary(server, MetadataServiceGrpcService.AlterTopic, this::alterTopic);
    GrpcCalls.unary(server, MetadataServiceGrpcService.DeleteTopic, this::deleteTopic);
    GrpcCalls.unary(server, MetadataServiceGrpcService.LookupLeases, this::lookupLeases);
  }

  private Future<Topic> createTopic(CreateTopicRequest request) {
    TopicNames.validate(request.getName());
    requirePartitions(request.getPartitionCount(), 1);
    requireNoConfig(request.getConfigCount());
    return agent
        .metadata()
        .createTopic(request.getName(), request.getPartitionCount(), request.getConfigMap())
        .onComplete(v -> agent.topics().forget(request.getName()))
        .map(MetadataRpc::topic);
  }

  private Future<TopicDescription> describeTopic(DescribeTopicRequest request) {
    TopicNames.validate(request.getName());
    return agent
        .metadata()
        .findTopic(request.getName())
        .compose(topic -> agent.metadata().partitions(topic.id()).map(partitions -> {
          TopicDescription.Builder description =
              TopicDescription.newBuilder().setTopic(topic(topic));
          partitions.forEach(state -> description.addPartitions(PartitionDescription.newBuilder()
              .setPartition(state.id().partition())
              .setStartOffset(state.startOffset())
              .setEndOffset(state.endOffset())
              .setLeaseEpoch(state.epoch())
              .setHolderAddress(state.holder().map(AgentInfo::address).orElse(""))));
          return description.build();
        }));
  }

  private Future<ListTopicsResponse> listTopics(ListTopicsRequest request) {
    return agent.metadata().listTopics().map(topics -> {
      ListTopicsResponse.Builder response = ListTopicsResponse.newBuilder();
      topics.forEach(topic -> response.addTopics(topic(topic)));
      return response.build();
    });
  }

  private Future<Topic> alterTopic(AlterTopicRequest request) {
    TopicNames.validate(request.getName());
    requirePartitions(request.getPartitionCount(), 0);
    requireNoConfig(request.getConfigCount());
    return agent
        .metadata()
        .alterTopic(request.getName(), request.getPartitionCount(), request.getConfigMap())
        .onComplete(v -> agent.topics().forget(request.getName()))
        .map(MetadataRpc::topic);
  }

  private Future<DeleteTopicResponse> deleteTopic(DeleteTopicRequest request) {
    TopicNames.validate(request.getName());
    return agent
        .metadata()
        .deleteTopic(request.getName())
        .onComplete(v -> agent.topics().forget(request.getName()))
        .map(v -> DeleteTopicResponse.getDefaultInstance());
  }

  private Future<LookupLeasesResponse> lookupLeases(LookupLeasesRequest request) {
    if (request.getTopicsCount() > TOPICS_PER_LOOKUP_MAX) {
      throw StreamHouseException.of(
          ErrorCode.INVALID_ARGUMENT,
          "topics must be at most " + TOPICS_PER_LOOKUP_MAX + ", but are "
              + request.getTopicsCount());
    }
    LookupLeasesResponse.Builder response = LookupLeasesResponse.newBuilder();
    List<Future<?>> lookups = new ArrayList<>();
    request
        .getTopicsList()
        .forEach(name -> lookups.add(leasesOf(TopicNames.validate(name), response)));
    return Future.all(lookups).compose(v -> agent.metadata().liveAgents()).map(agents -> {
      agents.forEach(info -> response.addAgents(io.streamhouse.proto.v1.Agent.newBuilder()
          .setAgentId(info.agentId())
          .setAddress(info.address())
          .setZone(info.zone())));
      return response.build();
    });
  }

  /** Asks the database, not the directory: a client looks leases up because what it knew was wrong. */
  private Future<Void> leasesOf(String name, LookupLeasesResponse.Builder response) {
    return agent
        .metadata()
        .findTopic(name)
        .compose(topic -> agent.metadata().partitions(topic.id()).map(partitions -> {
          TopicLeases.Builder leases = TopicLeases.newBuilder()
              .setTopic(topic.name())
              .setTopicId(ByteStrings.of(topic.id()))
              .setPartitionCount(topic.partitions());
          partitions.forEach(
              state -> state.holder().ifPresent(holder -> leases.addLeases(lease(state, holder))));
          response.addTopics(leases);
          return (Void) null;
        }))
        .recover(failure -> {
          if (failure instanceof StreamHouseException known
              && known.code() == ErrorCode.UNKNOWN_TOPIC) {
            response.addUnknownTopics(name);
            return Future.succeededFuture();
          }
          return Future.failedFuture(failure);
        });
  }

  private static Lease lease(PartitionState state, AgentInfo holder) {
    return Lease.newBuilder()
        .setPartition(state.id().partition())
        .setEpoch(state.epoch())
        .setHolderAddress(holder.address())
        .build();
  }

  private static Topic topic(TopicInfo topic) {
    return Topic.newBuilder()
        .setName(topic.name())
        .setTopicId(ByteStrings.of(topic.id()))
        .setPartitionCount(topic.partitions())
        .putAllConfig(topic.config())
        .setCreatedAtMs(topic.createdAtMs())
        .build();
  }

  private static void requirePartitions(int count, int min) {
    if (count < min || count > PARTITIONS_MAX) {
      throw StreamHouseException.of(
          ErrorCode.INVALID_ARGUMENT,
          "partition_count must be " + min + ".." + PARTITIONS_MAX + ", but is " + count);
    }
  }

  /** No topic setting has an effect yet, and one that is taken without effect would be a lie. */
  private static void requireNoConfig(int count) {
    if (count > 0) {
      throw StreamHouseException.of(
          ErrorCode.INVALID_ARGUMENT, "config: this version knows no topic settings; leave it out");
    }
  }
}
