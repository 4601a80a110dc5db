package io.streamhouse.testing;

import com.google.protobuf.ByteString;
import io.streamhouse.ErrorCode;
import io.streamhouse.StreamHouseException;
import io.streamhouse.common.PartitionId;
import io.streamhouse.proto.v1.Agent;
import io.streamhouse.proto.v1.InitProducerRequest;
import io.streamhouse.proto.v1.InitProducerResponse;
import io.streamhouse.proto.v1.Lease;
import io.streamhouse.proto.v1.LookupLeasesRequest;
import io.streamhouse.proto.v1.LookupLeasesResponse;
import io.streamhouse.proto.v1.MetadataServiceGrpcService;
import io.streamhouse.proto.v1.MetadataServiceService;
import io.streamhouse.proto.v1.ProduceBatch;
import io.streamhouse.proto.v1.ProduceResult;
import io.streamhouse.proto.v1.ProduceStreamRequest;
import io.streamhouse.proto.v1.ProduceStreamResponse;
import io.streamhouse.proto.v1.ProducerServiceGrpcService;
import io.streamhouse.proto.v1.ProducerServiceService;
import io.streamhouse.proto.v1.TopicLeases;
import io.streamhouse.rpc.RpcErrors;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.streams.ReadStream;
import io.vertx.core.streams.WriteStream;
import io.vertx.grpc.server.GrpcServer;
import io.vertx.grpc.server.GrpcServerOptions;
import io.vertx.grpc.server.GrpcServerResponse;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;

/**
 * An agent that speaks the real protocol over a real socket, keeps its data in a {@link ScriptedCluster}, and can be told
 * what to do with each batch it gets.
 */
public final class ScriptedAgent implements AutoCloseable {
  /** What happens to a batch. */
  public sealed interface Reaction {
    /** It is appended and acknowledged, unless another agent leads its partition or its sequence is wrong. */
    record Accept() implements Reaction {}

    /** As Accept, but the answer takes a while. */
    record Delay(long ms) implements Reaction {}

    /** It is refused. */
    record Refuse(StreamHouseException failure) implements Reaction {}

    /** It is neither appended nor answered. */
    record Ignore() implements Reaction {}

    /** It is appended, and the connection is cut before the answer. */
    record AppendAndCut() implements Reaction {}

    /** The connection is cut before it is appended. */
    record Cut() implements Reaction {}
  }

  /** Appends and acknowledges. */
  public static final Reaction ACCEPT = new Reaction.Accept();

  private final Vertx vertx;
  private final ScriptedCluster cluster;
  private final String id;
  private final HttpServer server;
  private final Set<HttpConnection> connections = ConcurrentHashMap.newKeySet();
  private final List<ProduceBatch> received = new CopyOnWriteArrayList<>();
  private final AtomicInteger messages = new AtomicInteger();
  private final AtomicInteger connectionsEver = new AtomicInteger();
  private final AtomicInteger lookups = new AtomicInteger();
  private volatile BiFunction<ProduceBatch, Integer, Reaction> script = (batch, n) -> ACCEPT;
  private volatile boolean answersLookups = true;
  private volatile String advertised;

  private ScriptedAgent(Vertx vertx, ScriptedCluster cluster, String id) {
    this.vertx = vertx;
    this.cluster = cluster;
    this.id = id;
    GrpcServer grpc = GrpcServer.server(vertx, new GrpcServerOptions().setMaxMessageSize(64 << 20));
    grpc.addService(ProducerServiceGrpcService.of(new Produce()));
    grpc.addService(MetadataServiceGrpcService.of(new Metadata()));
    server = vertx
        .createHttpServer()
        .connectionHandler(connection -> {
          connections.add(connection);
          connectionsEver.incrementAndGet();
          connection.closeHandler(v -> connections.remove(connection));
        })
        .requestHandler(grpc);
  }

  /** Starts an agent at a free port of 127.0.0.1; waits until it listens. */
  public static ScriptedAgent start(Vertx vertx, ScriptedCluster cluster, String id) {
    return start(vertx, cluster, id, 0);
  }

  /** Starts an agent at a port of 127.0.0.1; waits until it listens. */
  public static ScriptedAgent start(Vertx vertx, ScriptedCluster cluster, String id, int port) {
    ScriptedAgent agent = new ScriptedAgent(vertx, cluster, id);
    Await.result(agent.server.listen(port, "127.0.0.1"));
    cluster.join(id, agent.address());
    return agent;
  }

  public String address() {
    return advertised == null ? "127.0.0.1:" + server.actualPort() : advertised;
  }

  /** Lets it be reached at another address, that of a proxy. */
  public void advertise(String address) {
    advertised = address;
    cluster.join(id, address);
  }

  public int port() {
    return server.actualPort();
  }

  /** Decides what happens to each batch; the number counts the batches received, from 0. */
  public void script(BiFunction<ProduceBatch, Integer, Reaction> reactions) {
    script = reactions;
  }

  /** Lets lookups and producer ids go unanswered. */
  public void answersLookups(boolean answers) {
    answersLookups = answers;
  }

  /** Every batch that came, in order. */
  public List<ProduceBatch> received() {
    return List.copyOf(received);
  }

  /** How many stream messages brought them. */
  public int messages() {
    return messages.get();
  }

  public int lookups() {
    return lookups.get();
  }

  public int connectionsEver() {
    return connectionsEver.get();
  }

  public int connections() {
    return connections.size();
  }

  /** Dies as a process does: cuts all connections and listens no more, but stays in the list of agents. */
  public void kill() {
    Future<Void> closed = server.close();
    connections.forEach(HttpConnection::close);
    Await.result(closed);
  }

  @Override
  public void close() {
    cluster.leave(id);
    kill();
  }

  /** The partition of a batch. */
  public static PartitionId partitionOf(ProduceBatch batch) {
    ByteBuffer id = batch.getTopicId().asReadOnlyByteBuffer();
    return new PartitionId(new UUID(id.getLong(), id.getLong()), batch.getPartition());
  }

  private ProduceResult.Builder accept(ProduceBatch batch) {
    PartitionId partition = partitionOf(batch);
    ProduceResult.Builder result =
        ProduceResult.newBuilder().setCorrelationId(batch.getCorrelationId());
    try {
      String holder = cluster.holder(partition);
      if (holder == null) {
        cluster.lease(partition, address());
      } else if (!holder.equals(address())) {
        throw StreamHouseException.notLeader(id + " does not lead " + partition, holder);
      }
      return result.setBaseOffset(
          cluster.append(partition, ByteBuffer.wrap(batch.getRecords().toByteArray())));
    } catch (StreamHouseException e) {
      return result.setError(RpcErrors.toMessage(e));
    }
  }

  private final class Produce extends ProducerServiceService {
    @Override
    public Future<InitProducerResponse> initProducer(InitProducerRequest request) {
      if (!answersLookups) {
        return vertx.timer(60_000).mapEmpty();
      }
      long[] identity =
          cluster.initProducer(request.hasProducerId() ? request.getProducerId() : null);
      return Future.succeededFuture(InitProducerResponse.newBuilder()
          .setProducerId(identity[0])
          .setProducerEpoch((int) identity[1])
          .build());
    }

    @Override
    protected void produceStream(
        ReadStream<ProduceStreamRequest> request, WriteStream<ProduceStreamResponse> response) {
      request.exceptionHandler(failure -> {});
      request.endHandler(v -> response.end());
      request.handler(message -> {
        messages.incrementAndGet();
        for (ProduceBatch batch : message.getBatchesList()) {
          if (!react(batch, response)) {
            return;
          }
        }
      });
    }

    private boolean react(ProduceBatch batch, WriteStream<ProduceStreamResponse> response) {
      int number = received.size();
      received.add(batch);
      Reaction reaction = script.apply(batch, number);
      if (reaction instanceof Reaction.Accept) {
        answer(response, accept(batch));
      } else if (reaction instanceof Reaction.Delay delay) {
        ProduceResult.Builder result = accept(batch);
        vertx.setTimer(delay.ms(), id -> answer(response, result));
      } else if (reaction instanceof Reaction.Refuse refuse) {
        answer(
            response,
            ProduceResult.newBuilder()
                .setCorrelationId(batch.getCorrelationId())
                .setError(RpcErrors.toMessage(refuse.failure())));
      } else if (reaction instanceof Reaction.AppendAndCut) {
        accept(batch);
        cut(response);
        return false;
      } else if (reaction instanceof Reaction.Cut) {
        cut(response);
        return false;
      }
      return true;
    }

    private void cut(WriteStream<ProduceStreamResponse> response) {
      ((GrpcServerResponse<?, ?>) response).cancel();
      connections.forEach(HttpConnection::close);
    }

    private void answer(WriteStream<ProduceStreamResponse> response, ProduceResult.Builder result) {
      response.write(ProduceStreamResponse.newBuilder().addResults(result).build());
    }
  }

  private final class Metadata extends MetadataServiceService {
    @Override
    public Future<LookupLeasesResponse> lookupLeases(LookupLeasesRequest request) {
      lookups.incrementAndGet();
      if (!answersLookups) {
        return vertx.timer(60_000).mapEmpty();
      }
      LookupLeasesResponse.Builder answer = LookupLeasesResponse.newBuilder();
      for (String name : request.getTopicsList()) {
        ScriptedCluster.TopicState topic = cluster.topic(name);
        if (topic == null) {
          answer.addUnknownTopics(name);
          continue;
        }
        TopicLeases.Builder leases = TopicLeases.newBuilder()
            .setTopic(name)
            .setTopicId(ByteString.copyFrom(ByteBuffer.allocate(16)
                .putLong(topic.id().getMostSignificantBits())
                .putLong(topic.id().getLeastSignificantBits())
                .flip()))
            .setPartitionCount(topic.partitions());
        for (int partition = 0; partition < topic.partitions(); partition++) {
          PartitionId partitionId = new PartitionId(topic.id(), partition);
          String holder = cluster.holder(partitionId);
          if (holder != null) {
            leases.addLeases(Lease.newBuilder()
                .setPartition(partition)
                .setEpoch(cluster.leaseEpoch(partitionId))
                .setHolderAddress(holder));
          }
        }
        answer.addTopics(leases);
      }
      cluster
          .agents()
          .forEach((agentId, address) ->
              answer.addAgents(Agent.newBuilder().setAgentId(agentId).setAddress(address)));
      return Future.succeededFuture(answer.build());
    }
  }

  /** A refusal. */
  public static Reaction refuse(ErrorCode code) {
    return new Reaction.Refuse(StreamHouseException.of(code, code + " on purpose"));
  }
}
