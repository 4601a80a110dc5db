package io.streamhouse.producer.router;

import io.streamhouse.ProducerOptions;
import io.streamhouse.bus.Addresses;
import io.streamhouse.bus.BatchAck;
import io.streamhouse.bus.Codecs;
import io.streamhouse.bus.RouteChanged;
import io.streamhouse.bus.RouteFailure;
import io.streamhouse.bus.RoutedBatch;
import io.streamhouse.bus.SealedBatch;
import io.streamhouse.bus.TopicAnswer;
import io.streamhouse.bus.TopicQuery;
import io.streamhouse.common.RetryPolicy;
import io.streamhouse.common.VertxClock;
import io.streamhouse.rpc.AgentClient;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.DeliveryOptions;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The second stage of a producer: knows which agent leads which partition, and puts it to every batch on its way to
 * the sender.
 */
public final class RouterVerticle extends VerticleBase {
  private static final DeliveryOptions LOCAL = new DeliveryOptions().setLocalOnly(true);

  /** A lookup is answered from memory: an agent that takes longer is better left for another one. */
  private static final int LOOKUP_TIMEOUT_MS = 3_000;

  private final ProducerOptions options;
  private final String producerId;
  private @Nullable RoutingCore core;

  /** Creates the stage; {@code producerId} ends the addresses of this producer's stages. */
  public RouterVerticle(ProducerOptions options, String producerId) {
    this.options = new ProducerOptions(options);
    this.producerId = producerId;
  }

  @Override
  public Future<?> start() {
    Codecs.register(vertx.eventBus());
    SplittableRandom random = new SplittableRandom();
    RoutingCore routing = new RoutingCore(
        options,
        new VertxClock(vertx, context),
        new RetryPolicy(
            options.getRetryBackoffMs(),
            options.getRetryBackoffMaxMs(),
            max -> random.nextLong(max + 1)),
        new GrpcLeaseLookup(
            AgentClient.create(vertx), Math.min(LOOKUP_TIMEOUT_MS, options.getRequestTimeoutMs())),
        new BusOutput());
    core = routing;
    return Future.all(
        this.<SealedBatch>consume(Addresses.SEALED, routing::onBatch),
        this.<TopicQuery>consume(Addresses.TOPIC_QUERY, routing::onQuery),
        this.<RouteFailure>consume(Addresses.ROUTE_FAILED, routing::onRouteFailure));
  }

  @Override
  public Future<?> stop() {
    if (core != null) {
      core.close();
    }
    return Future.succeededFuture();
  }

  private <T> Future<Void> consume(String address, Consumer<T> handler) {
    return vertx
        .eventBus()
        .<T>localConsumer(
            Addresses.of(address, producerId), message -> handler.accept(message.body()))
        .completion();
  }

  private final class BusOutput implements RouterOutput {
    @Override
    public void forward(RoutedBatch batch) {
      publish(Addresses.ROUTED, batch);
    }

    @Override
    public void reroute(RouteChanged route) {
      publish(Addresses.ROUTE_CHANGED, route);
    }

    @Override
    public void answer(TopicAnswer answer) {
      publish(Addresses.TOPIC_ANSWER, answer);
    }

    @Override
    public void giveUp(BatchAck ack) {
      publish(Addresses.ACKED, ack);
    }

    private void publish(String address, Object message) {
      vertx.eventBus().send(Addresses.of(address, producerId), message, LOCAL);
    }
  }
}
