package io.streamhouse.producer;

import io.streamhouse.Producer;
import io.streamhouse.ProducerOptions;
import io.vertx.core.Vertx;

/** Composes accumulator, router and sender. */
public final class ProducerVerticle {
  private ProducerVerticle() {}

  public static Producer createProducer(Vertx vertx, ProducerOptions options) {
    throw new IllegalStateException();
  }
}
