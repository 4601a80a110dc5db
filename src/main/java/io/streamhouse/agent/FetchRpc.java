package io.streamhouse.agent;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors;
import io.streamhouse.ErrorCode;
import io.streamhouse.StreamHouseException;
import io.streamhouse.common.PartitionId;
import io.streamhouse.common.TopicNames;
import io.streamhouse.metadata.PartitionState;
import io.streamhouse.metadata.TopicInfo;
import io.streamhouse.proto.v1.FetchRequest;
import io.streamhouse.proto.v1.FetchResponse;
import io.streamhouse.proto.v1.FetchServiceGrpcService;
import io.streamhouse.proto.v1.ListOffsetsRequest;
import io.streamhouse.proto.v1.ListOffsetsResponse;
import io.streamhouse.proto.v1.PartitionOffset;
import io.vertx.core.Future;
import io.vertx.grpc.common.ServiceName;
import io.vertx.grpc.server.GrpcServer;
import io.vertx.grpc.server.Service;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** FetchService over gRPC. */
final class FetchRpc implements Service {
  private final Agent agent;

  FetchRpc(Agent agent) {
    this.agent = agent;
  }

  @Override
  public ServiceName name() {
    return FetchServiceGrpcService.SERVICE_NAME;
  }

  @Override
  public Descriptors.ServiceDescriptor descriptor() {
    return FetchServiceGrpcService.SERVICE_DESCRIPTOR;
  }

  @Override
  public void bind(GrpcServer server) {
    GrpcCalls.unary(server, FetchServiceGrpcService.Fetch, this::fetch);
    GrpcCalls.unary(server, FetchServiceGrpcService.ListOffsets, this::listOffsets);
  }

  private Future<FetchResponse> fetch(FetchRequest request) {
    return new FetchCall(agent, request).run();
  }

  private Future<ListOffsetsResponse> listOffsets(ListOffsetsRequest request) {
    TopicNames.validate(request.getTopic());
    if (request.getPositionCase() == ListOffsetsRequest.PositionCase.POSITION_NOT_SET) {
      throw StreamHouseException.of(
          ErrorCode.INVALID_ARGUMENT, "position is required: earliest, latest or timestamp_ms");
    }
    return agent
        .topics()
        .byName(request.getTopic())
        .compose(topic -> {
          List<Future<PartitionOffset>> offsets = new ArrayList<>();
          partitionsOf(request, topic)
              .forEach(partition -> offsets.add(offset(request, topic, partition)));
          return Future.all(offsets);
        })
        .map(found -> ListOffsetsResponse.newBuilder()
            .addAllOffsets(found.<PartitionOffset>list())
            .build());
  }

  private static List<Integer> partitionsOf(ListOffsetsRequest request, TopicInfo topic) {
    return request.getPartitionsCount() > 0
        ? request.getPartitionsList()
        : IntStream.range(0, topic.partitions()).boxed().toList();
  }

  private Future<PartitionOffset> offset(
      ListOffsetsRequest request, TopicInfo topic, int partition) {
    return agent.topics().partition(topic.id(), partition).compose(id -> agent
        .reader()
        .state(id)
        .compose(state -> switch (request.getPositionCase()) {
          case EARLIEST -> answer(partition, state.startOffset(), -1);
          case LATEST -> answer(partition, state.endOffset(), -1);
          default -> offsetAt(id, state, request.getTimestampMs());
        }));
  }

  private Future<PartitionOffset> offsetAt(PartitionId id, PartitionState state, long timestampMs) {
    return agent
        .reader()
        .firstAt(id, timestampMs)
        .compose(record -> record == null
            ? answer(id.partition(), state.endOffset(), -1)
            : answer(id.partition(), record.offset(), record.timestampMs()));
  }

  private static Future<PartitionOffset> answer(int partition, long offset, long timestampMs) {
    return Future.succeededFuture(PartitionOffset.newBuilder()
        .setPartition(partition)
        .setOffset(offset)
        .setTimestampMs(timestampMs)
        .build());
  }

  /** Whether a request names a topic in one of the two ways it may. */
  static boolean namesTopic(String topic, ByteString topicId) {
    return topic.isEmpty() != topicId.isEmpty();
  }
}
