package io.streamhouse.producer.sender;

import io.streamhouse.common.AgentAddress;
import io.streamhouse.common.ProducerIdentity;
import io.streamhouse.proto.v1.InitProducerRequest;
import io.streamhouse.proto.v1.ProducerServiceGrpcClient;
import io.streamhouse.rpc.AgentClient;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** {@code ProducerService.InitProducer}. */
final class GrpcIdentitySource implements IdentitySource {
  private final AgentClient client;
  private final @Nullable String producerName;
  private final long timeoutMs;

  GrpcIdentitySource(AgentClient client, @Nullable String producerName, long timeoutMs) {
    this.client = client;
    this.producerName = producerName;
    this.timeoutMs = timeoutMs;
  }

  @Override
  public Future<ProducerIdentity> init(AgentAddress agent, @Nullable ProducerIdentity outdated) {
    InitProducerRequest.Builder request = InitProducerRequest.newBuilder();
    if (producerName != null) {
      request.setProducerName(producerName);
    }
    if (outdated != null) {
      request.setProducerId(outdated.producerId()).setProducerEpoch(outdated.epoch());
    }
    return client
        .call(agent, ProducerServiceGrpcClient.InitProducer, request.build(), timeoutMs)
        .map(answer -> new ProducerIdentity(answer.getProducerId(), answer.getProducerEpoch()));
  }
}
