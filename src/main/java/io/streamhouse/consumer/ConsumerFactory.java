package io.streamhouse.consumer;

import io.streamhouse.Consumer;
import io.streamhouse.ConsumerOptions;
import io.vertx.core.Vertx;

/** Makes consumers. */
public final class ConsumerFactory {
  private ConsumerFactory() {}

  /** A consumer on the caller's context. */
  public static Consumer create(Vertx vertx, ConsumerOptions options) {
    options.validate();
    StreamConsumer consumer = new StreamConsumer(
        vertx, vertx.getOrCreateContext(), options, new GrpcFetchTransport(vertx, options));
    consumer.start();
    return consumer;
  }
}
