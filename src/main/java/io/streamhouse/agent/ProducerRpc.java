package io.streamhouse.agent;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors;
import io.streamhouse.ErrorCode;
import io.streamhouse.RecordHeader;
import io.streamhouse.StreamHouseException;
import io.streamhouse.common.ProducerIdentity;
import io.streamhouse.proto.v1.InitProducerRequest;
import io.streamhouse.proto.v1.InitProducerResponse;
import io.streamhouse.proto.v1.ProduceRequest;
import io.streamhouse.proto.v1.ProduceResponse;
import io.streamhouse.proto.v1.ProducerServiceGrpcService;
import io.streamhouse.proto.v1.Record;
import io.streamhouse.record.Compression;
import io.streamhouse.record.RecordBatch;
import io.streamhouse.record.RecordBatchBuilder;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.grpc.common.ServiceName;
import io.vertx.grpc.server.GrpcServer;
import io.vertx.grpc.server.Service;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** ProducerService over gRPC. */
final class ProducerRpc implements Service {
  private static final int PRODUCER_NAME_CHARS_MAX = 249;

  private final Agent agent;

  ProducerRpc(Agent agent) {
    this.agent = agent;
  }

  @Override
  public ServiceName name() {
    return ProducerServiceGrpcService.SERVICE_NAME;
  }

  @Override
  public Descriptors.ServiceDescriptor descriptor() {
    return ProducerServiceGrpcService.SERVICE_DESCRIPTOR;
  }

  @Override
  public void bind(GrpcServer server) {
    GrpcCalls.unary(server, ProducerServiceGrpcService.InitProducer, this::initProducer);
    GrpcCalls.unary(server, ProducerServiceGrpcService.Produce, this::produce);
    server.callHandler(
        ProducerServiceGrpcService.ProduceStream,
        request -> new ProduceStreamCall(agent, request).start());
  }

  private Future<InitProducerResponse> initProducer(InitProducerRequest request) {
    return identity(request).map(identity -> InitProducerResponse.newBuilder()
        .setProducerId(identity.producerId())
        .setProducerEpoch(identity.epoch())
        .build());
  }

  private Future<ProducerIdentity> identity(InitProducerRequest request) {
    if (request.hasProducerId() != request.hasProducerEpoch()) {
      throw invalid("producer_id and producer_epoch go together");
    }
    if (request.hasProducerId()) {
      return agent
          .metadata()
          .raiseEpoch(new ProducerIdentity(request.getProducerId(), request.getProducerEpoch()));
    }
    String name = request.getProducerName();
    if (name.length() > PRODUCER_NAME_CHARS_MAX) {
      throw invalid("producer_name must have at most " + PRODUCER_NAME_CHARS_MAX + " characters");
    }
    return name.isEmpty() ? agent.metadata().newProducer() : agent.metadata().takeOver(name);
  }

  private Future<ProduceResponse> produce(ProduceRequest request) {
    if (request.getTopic().isEmpty()) {
      throw StreamHouseException.of(ErrorCode.INVALID_TOPIC, "topic is required");
    }
    if (!request.hasPartition()) {
      throw invalid("partition is required");
    }
    if (request.getRecordsCount() == 0) {
      throw invalid("records must not be empty");
    }
    if (request.hasProducerId() != request.hasProducerEpoch()
        || request.hasProducerId() != request.hasBaseSequence()) {
      throw invalid("producer_id, producer_epoch and base_sequence go together");
    }
    if (agent.memory().isFull()) {
      throw StreamHouseException.of(
          ErrorCode.RESOURCE_EXHAUSTED, "the agent's buffer is full: send again a little later");
    }
    ByteBuffer batch = encode(request);
    return agent
        .topics()
        .partition(request.getTopic(), request.getPartition())
        .compose(partition -> agent.append(partition, batch))
        .map(result -> ProduceResponse.newBuilder()
            .setTopic(request.getTopic())
            .setPartition(request.getPartition())
            .setBaseOffset(result.baseOffset())
            .setRecordCount(request.getRecordsCount())
            .build());
  }

  private ByteBuffer encode(ProduceRequest request) {
    long now = agent.scheduler().wallClockMs();
    int limit = agent.options().getBatchBytesMax();
    RecordBatchBuilder builder =
        new RecordBatchBuilder(Math.min(limit, request.getSerializedSize() * 2 + 64), limit);
    for (int i = 0; i < request.getRecordsCount(); i++) {
      Record record = request.getRecords(i);
      boolean fits = builder.tryAppend(
          record.hasTimestampMs() ? record.getTimestampMs() : now,
          record.hasKey() ? buffer(record.getKey()) : null,
          record.hasValue() ? buffer(record.getValue()) : null,
          headers(record));
      if (!fits) {
        throw StreamHouseException.of(
            ErrorCode.RECORD_TOO_LARGE,
            "records 0.." + i + " are more than the " + limit
                + " bytes a batch may have: send fewer at once");
      }
    }
    ByteBuffer batch = builder.build(Compression.NONE);
    if (request.hasProducerId()) {
      int epoch = request.getProducerEpoch();
      if (request.getProducerId() < 0
          || epoch < 0
          || epoch > Short.MAX_VALUE
          || request.getBaseSequence() < 0) {
        throw invalid("producer_id, producer_epoch (at most " + Short.MAX_VALUE
            + ") and base_sequence must not be negative");
      }
      RecordBatch.at(batch, 0)
          .stampProducer(request.getProducerId(), epoch, request.getBaseSequence());
    }
    return batch;
  }

  private static List<RecordHeader> headers(Record record) {
    if (record.getHeadersCount() == 0) {
      return List.of();
    }
    List<RecordHeader> headers = new ArrayList<>(record.getHeadersCount());
    record.getHeadersList().forEach(header -> {
      @Nullable Buffer value = header.hasValue() ? buffer(header.getValue()) : null;
      headers.add(new RecordHeader(header.getKey(), value));
    });
    return headers;
  }

  private static Buffer buffer(ByteString bytes) {
    return Buffer.buffer(bytes.toByteArray());
  }

  private static StreamHouseException invalid(String message) {
    return StreamHouseException.of(ErrorCode.INVALID_ARGUMENT, message);
  }
}
