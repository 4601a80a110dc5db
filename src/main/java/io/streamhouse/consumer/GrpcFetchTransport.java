package io.streamhouse.consumer;

import io.streamhouse.ConsumerOptions;
import io.streamhouse.ErrorCode;
import io.streamhouse.StartPosition;
import io.streamhouse.StreamHouseException;
import io.streamhouse.common.AgentAddress;
import io.streamhouse.proto.v1.Agent;
import io.streamhouse.proto.v1.FetchFormat;
import io.streamhouse.proto.v1.FetchPartition;
import io.streamhouse.proto.v1.FetchRequest;
import io.streamhouse.proto.v1.FetchResponse;
import io.streamhouse.proto.v1.FetchServiceGrpcClient;
import io.streamhouse.proto.v1.FetchedPartition;
import io.streamhouse.proto.v1.Lease;
import io.streamhouse.proto.v1.ListOffsetsRequest;
import io.streamhouse.proto.v1.LookupLeasesRequest;
import io.streamhouse.proto.v1.LookupLeasesResponse;
import io.streamhouse.proto.v1.MetadataServiceGrpcClient;
import io.streamhouse.proto.v1.PartitionOffset;
import io.streamhouse.proto.v1.TopicLeases;
import io.streamhouse.rpc.AgentClient;
import io.streamhouse.rpc.BootstrapCalls;
import io.streamhouse.rpc.RpcErrors;
import io.streamhouse.rpc.TopicMessages;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** {@link FetchTransport} over gRPC. */
final class GrpcFetchTransport implements FetchTransport {
  private final AgentClient client;
  private final BootstrapCalls calls;
  private final List<AgentAddress> bootstrap;
  private final int waitMs;
  private final long fetchTimeoutMs;

  GrpcFetchTransport(Vertx vertx, ConsumerOptions options) {
    client = AgentClient.create(vertx);
    bootstrap = options.getBootstrap().stream().map(AgentAddress::parse).toList();
    calls = new BootstrapCalls(client, bootstrap, options.getRequestTimeoutMs());
    waitMs = options.getFetchWaitMs();
    fetchTimeoutMs = (long) waitMs + options.getRequestTimeoutMs();
  }

  @Override
  public Future<TopicLayout> lookup(String topic) {
    LookupLeasesRequest request =
        LookupLeasesRequest.newBuilder().addTopics(topic).build();
    return calls
        .read(MetadataServiceGrpcClient.LookupLeases, request)
        .compose(answer -> answer.getTopicsCount() == 1
            ? Future.succeededFuture(layout(answer))
            : Future.failedFuture(StreamHouseException.of(
                ErrorCode.UNKNOWN_TOPIC, "Topic '" + topic + "' does not exist")));
  }

  @Override
  public Future<Map<Integer, Long>> listOffsets(
      String topic, List<Integer> partitions, StartPosition position) {
    ListOffsetsRequest.Builder request =
        ListOffsetsRequest.newBuilder().setTopic(topic).addAllPartitions(partitions);
    if (position instanceof StartPosition.Timestamp timestamp) {
      request.setTimestampMs(timestamp.timestampMs());
    } else if (position instanceof StartPosition.Latest) {
      request.setLatest(true);
    } else {
      request.setEarliest(true);
    }
    return calls
        .read(FetchServiceGrpcClient.ListOffsets, request.build())
        .map(answer -> answer.getOffsetsList().stream()
            .collect(Collectors.toMap(PartitionOffset::getPartition, PartitionOffset::getOffset)));
  }

  @Override
  public Future<List<PartitionData>> fetch(FetchPlan plan) {
    FetchRequest.Builder request = FetchRequest.newBuilder()
        .setFormat(FetchFormat.FETCH_FORMAT_BATCHES)
        .setMaxBytes(plan.bytesMax())
        .setMinBytes(1)
        .setMaxWaitMs(waitMs);
    for (FetchPlan.Wanted wanted : plan.wanted()) {
      request.addPartitions(FetchPartition.newBuilder()
          .setTopicId(TopicMessages.topicId(plan.topicId()))
          .setPartition(wanted.partition())
          .setOffset(wanted.offset()));
    }
    return client
        .call(plan.agent(), FetchServiceGrpcClient.Fetch, request.build(), fetchTimeoutMs)
        .map(FetchResponse::getPartitionsList)
        .map(partitions -> partitions.stream().map(GrpcFetchTransport::data).toList());
  }

  @Override
  public Future<Void> close() {
    return client.close();
  }

  private TopicLayout layout(LookupLeasesResponse answer) {
    TopicLeases topic = answer.getTopics(0);
    List<AgentAddress> agents = answer.getAgentsList().stream()
        .map(Agent::getAddress)
        .map(AgentAddress::parse)
        .toList();
    return new TopicLayout(
        TopicMessages.topicId(topic.getTopicId()),
        topic.getPartitionCount(),
        topic.getLeasesList().stream()
            .collect(Collectors.toMap(
                Lease::getPartition, lease -> AgentAddress.parse(lease.getHolderAddress()))),
        agents.isEmpty() ? bootstrap : agents);
  }

  private static PartitionData data(FetchedPartition message) {
    // A copy, so that what is buffered does not keep the whole answer of other partitions in
    // memory.
    ByteBuffer batches = ByteBuffer.wrap(message.getBatches().toByteArray());
    return new PartitionData(
        message.getPartition(),
        batches,
        message.hasError() ? RpcErrors.toException(message.getError()) : null);
  }
}
