package io.streamhouse.producer;

import io.streamhouse.Producer;
import io.streamhouse.ProducerOptions;
import io.streamhouse.producer.accumulator.BatchAccumulatorVerticle;
import io.streamhouse.producer.router.RouterVerticle;
import io.streamhouse.producer.sender.SenderVerticle;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A whole producer: accumulator, router and sender, each on an event loop of its own. Undeploying it drains it.
 *
 * <p>Deployable by name: {@code "io.streamhouse.producer.ProducerVerticle"}, with {@link ProducerOptions} as JSON
 * configuration; {@link #producer} is then how its host sends.
 */
public final class ProducerVerticle extends VerticleBase {
  private @Nullable ProducerOptions options;
  private @Nullable PipelineProducer producer;

  /** A producer that reads its options from its deployment's configuration. */
  public ProducerVerticle() {}

  /** A producer with these options. */
  public ProducerVerticle(ProducerOptions options) {
    this.options = new ProducerOptions(options);
  }

  private ProducerVerticle(ProducerOptions options, PipelineProducer producer) {
    this.options = options;
    this.producer = producer;
  }

  /**
   * A producer that is deployed in the background: as a child of the calling verticle, and then closed with it, or on
   * its own when the caller is none.
   */
  public static Producer createProducer(Vertx vertx, ProducerOptions options) {
    options.validate();
    ProducerOptions copy = new ProducerOptions(options);
    PipelineProducer producer =
        new PipelineProducer(vertx, copy, UUID.randomUUID().toString());
    producer.deployedBy(vertx.deployVerticle(new ProducerVerticle(copy, producer)));
    return producer;
  }

  /**
   * The producer of this verticle, closed by undeploying it.
   *
   * @throws IllegalStateException before it is deployed
   */
  public Producer producer() {
    if (producer == null) {
      throw new IllegalStateException("deploy the verticle first");
    }
    return producer;
  }

  @Override
  public Future<?> start() {
    ProducerOptions effective = options == null ? new ProducerOptions(config()) : options;
    effective.validate();
    PipelineProducer deployed = producer;
    if (deployed == null) {
      deployed = new PipelineProducer(vertx, effective, UUID.randomUUID().toString());
      deployed.deployedBy(Future.succeededFuture(deploymentID()));
      producer = deployed;
    }
    return deploy(effective, deployed.id(), deployed.accumulator());
  }

  private Future<String> deploy(
      ProducerOptions effective, String id, BatchAccumulatorVerticle accumulator) {
    StageVerticle router = new StageVerticle(
        new RouterVerticle(effective, id), () -> vertx.deployVerticle(accumulator));
    StageVerticle sender =
        new StageVerticle(new SenderVerticle(effective, id), () -> vertx.deployVerticle(router));
    return vertx.deployVerticle(sender);
  }
}
