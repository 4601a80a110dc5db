package io.streamhouse.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.streamhouse.common.AgentAddress;
import io.streamhouse.common.PartitionId;
import io.streamhouse.common.RetryPolicy;
import io.streamhouse.common.VertxClock;
import io.streamhouse.proto.v1.DescribeTopicRequest;
import io.streamhouse.proto.v1.MetadataServiceGrpcClient;
import io.streamhouse.proto.v1.ProduceBatch;
import io.streamhouse.proto.v1.ProduceStreamRequest;
import io.streamhouse.proto.v1.ProduceStreamResponse;
import io.streamhouse.proto.v1.ProducerServiceGrpcClient;
import io.streamhouse.rpc.AgentClient;
import io.streamhouse.testing.MemoryMetadataStore;
import io.streamhouse.testing.MemoryObjectStore;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.grpc.client.GrpcClientRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Streams of producers over sockets, while the agent's memory is full. */
class ProduceStreamTest {
  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final MemoryObjectStore storage = new MemoryObjectStore();
  private final MemoryMetadataStore metadata = new MemoryMetadataStore(System::currentTimeMillis);
  private final UUID topicId =
      metadata.createTopic("orders", 1, Map.of()).result().id();
  private final Promise<Void> upload = Promise.promise();
  private final AgentClient client = AgentClient.create(vertx);
  private Agent agent;
  private AgentAddress address;

  @BeforeEach
  void start() throws Exception {
    storage.holdNextPut(upload.future());
    HttpServer server = onContext(() -> {
      agent = new Agent(
          metadata,
          storage,
          new VertxClock(vertx, context),
          new AgentOptions()
              .setPort(0)
              .setHost("127.0.0.1")
              .setBufferBytesMax(1 << 20)
              .setFlushBytesMax(1 << 20),
          UUID::randomUUID,
          new RetryPolicy(10, 100, bound -> bound));
      return RpcServer.listen(vertx, agent);
    });
    address = new AgentAddress("127.0.0.1", server.actualPort());
    onContext(() -> agent.start(address));
    while (!onContext(() -> Future.succeededFuture(agent.memory().isFull()))) {
      onContext(() -> {
        agent.append(new PartitionId(topicId, 0), AgentHarness.batch("x".repeat(500_000)));
        return Future.succeededFuture();
      });
    }
  }

  @AfterEach
  void stop() throws Exception {
    upload.tryComplete();
    await(vertx.close());
  }

  @Test
  @Tag("never-13")
  void aStreamThatOpensWhileTheMemoryIsFullIsReadOnlyWhenThereIsRoom() throws Exception {
    long before = bytesInMemory();
    GrpcClientRequest<ProduceStreamRequest, ProduceStreamResponse> stream = openStream();
    Promise<ProduceStreamResponse> answer = Promise.promise();
    stream.response().onSuccess(response -> response.handler(answer::tryComplete));
    await(stream.write(message(1_000)));
    describeTopic();
    assertThat(bytesInMemory()).as("after a call that came behind the batch").isEqualTo(before);

    context.runOnContext(v -> upload.complete());
    assertThat(await(answer.future()).getResults(0).hasError()).isFalse();
  }

  @Test
  void aStreamThatWaitsDoesNotHoldUpOtherCallsOnItsConnection() throws Exception {
    GrpcClientRequest<ProduceStreamRequest, ProduceStreamResponse> stream = openStream();
    List<Future<Void>> sent = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      sent.add(stream.write(message(800_000)));
    }
    describeTopic();
    assertThat(sent).as("more than fits").anyMatch(write -> !write.isComplete());
    assertThat(onContext(() -> Future.succeededFuture(agent.memory().isFull()))).isTrue();
  }

  private GrpcClientRequest<ProduceStreamRequest, ProduceStreamResponse> openStream()
      throws Exception {
    return await(client.open(address, ProducerServiceGrpcClient.ProduceStream));
  }

  private ProduceStreamRequest message(int bytes) {
    return ProduceStreamRequest.newBuilder()
        .addBatches(ProduceBatch.newBuilder()
            .setCorrelationId(1)
            .setTopicId(ByteStrings.of(topicId))
            .setRecords(ByteString.copyFrom(AgentHarness.batch("y".repeat(bytes)))))
        .build();
  }

  private void describeTopic() throws Exception {
    await(client.call(
        address,
        MetadataServiceGrpcClient.DescribeTopic,
        DescribeTopicRequest.newBuilder().setName("orders").build(),
        5_000));
  }

  private long bytesInMemory() throws Exception {
    return onContext(() -> Future.succeededFuture(agent.memory().bytes()));
  }

  private <T> T onContext(Callable<Future<T>> work) throws Exception {
    Promise<T> done = Promise.promise();
    context.runOnContext(v -> {
      try {
        work.call().onComplete(done);
      } catch (Exception e) {
        done.fail(e);
      }
    });
    return await(done.future());
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }
}
