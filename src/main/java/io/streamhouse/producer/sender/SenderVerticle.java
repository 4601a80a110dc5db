package io.streamhouse.producer.sender;

import io.streamhouse.ErrorCode;
import io.streamhouse.ProducerOptions;
import io.streamhouse.StreamHouseException;
import io.streamhouse.bus.Addresses;
import io.streamhouse.bus.BatchAck;
import io.streamhouse.bus.Codecs;
import io.streamhouse.bus.RouteChanged;
import io.streamhouse.bus.RouteFailure;
import io.streamhouse.bus.RoutedBatch;
import io.streamhouse.common.AgentAddress;
import io.streamhouse.common.RetryPolicy;
import io.streamhouse.common.Scheduler;
import io.streamhouse.common.VertxClock;
import io.streamhouse.rpc.AgentClient;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.DeliveryOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The last stage of a producer: sends batches to agents until they are acknowledged, in order per partition, without
 * one agent holding up another's.
 */
public final class SenderVerticle extends VerticleBase {
  private static final DeliveryOptions LOCAL = new DeliveryOptions().setLocalOnly(true);

  /** An identity is one small transaction: an agent that takes longer is better left for another one. */
  private static final int IDENTITY_TIMEOUT_MS = 5_000;

  /** A lost agent is tried again at least this often: finding that it is back costs one connection attempt. */
  private static final int RECONNECT_MS_MAX = 1_000;

  private final ProducerOptions options;
  private final String producerId;
  private final List<AgentStream> streams = new ArrayList<>();
  private @Nullable SenderCore core;

  /** Creates the stage; {@code producerId} ends the addresses of this producer's stages. */
  public SenderVerticle(ProducerOptions options, String producerId) {
    this.options = new ProducerOptions(options);
    this.producerId = producerId;
  }

  @Override
  public Future<?> start() {
    Codecs.register(vertx.eventBus());
    Scheduler scheduler = new VertxClock(vertx, context);
    SplittableRandom random = new SplittableRandom();
    LongUnaryOperator jitter = max -> random.nextLong(max + 1);
    AgentClient client = AgentClient.create(vertx);
    SenderCore sender = new SenderCore(
        options,
        scheduler,
        new RetryPolicy(options.getRetryBackoffMs(), options.getRetryBackoffMaxMs(), jitter),
        new GrpcIdentitySource(
            client,
            options.getProducerName(),
            Math.min(IDENTITY_TIMEOUT_MS, options.getRequestTimeoutMs())),
        agent -> connect(agent, client, scheduler, jitter),
        new BusOutput());
    core = sender;
    return Future.all(
        this.<RoutedBatch>consume(Addresses.ROUTED, sender::onBatch),
        this.<RouteChanged>consume(Addresses.ROUTE_CHANGED, sender::onRoute));
  }

  @Override
  public Future<?> stop() {
    if (core != null) {
      core.close(StreamHouseException.of(ErrorCode.CLOSED, "the producer is closed"));
    }
    streams.forEach(AgentStream::close);
    return Future.succeededFuture();
  }

  private AgentStream connect(
      AgentAddress agent, AgentClient client, Scheduler scheduler, LongUnaryOperator jitter) {
    int initialMs = Math.min(options.getRetryBackoffMs(), RECONNECT_MS_MAX);
    int maxMs = Math.max(initialMs, Math.min(options.getRetryBackoffMaxMs(), RECONNECT_MS_MAX));
    AgentStream stream = new AgentStream(
        agent,
        client,
        scheduler,
        new RetryPolicy(initialMs, maxMs, jitter),
        options.getRequestTimeoutMs(),
        this::reached);
    streams.add(stream);
    return stream;
  }

  private void reached(AgentAddress agent) {
    if (core != null) {
      core.onAgentReached(agent);
    }
  }

  private <T> Future<Void> consume(String address, Consumer<T> handler) {
    return vertx
        .eventBus()
        .<T>localConsumer(
            Addresses.of(address, producerId), message -> handler.accept(message.body()))
        .completion();
  }

  private final class BusOutput implements SenderCore.Output {
    @Override
    public void acknowledge(BatchAck ack) {
      vertx.eventBus().send(Addresses.of(Addresses.ACKED, producerId), ack, LOCAL);
    }

    @Override
    public void report(RouteFailure failure) {
      vertx.eventBus().send(Addresses.of(Addresses.ROUTE_FAILED, producerId), failure, LOCAL);
    }
  }
}
