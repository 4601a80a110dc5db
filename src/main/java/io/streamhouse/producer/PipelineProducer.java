package io.streamhouse.producer;

import io.streamhouse.ErrorCode;
import io.streamhouse.Producer;
import io.streamhouse.ProducerOptions;
import io.streamhouse.ProducerRecord;
import io.streamhouse.RecordMetadata;
import io.streamhouse.StreamHouseException;
import io.streamhouse.producer.accumulator.BatchAccumulatorVerticle;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The callers' end of a producer's pipeline. Any thread. */
final class PipelineProducer implements Producer {
  private static final Logger LOG = LoggerFactory.getLogger(PipelineProducer.class);

  private final Vertx vertx;
  private final String id;
  private final String clientId;
  private final BatchAccumulatorVerticle accumulator;
  private final WriteQueue writeQueue;
  private final Promise<String> deployment = Promise.promise();
  private final Promise<Void> closed = Promise.promise();
  private final AtomicBoolean closing = new AtomicBoolean();
  private volatile @Nullable Handler<Throwable> exceptionHandler;

  PipelineProducer(Vertx vertx, ProducerOptions options, String id) {
    this.vertx = vertx;
    this.id = id;
    this.clientId = options.getClientId();
    this.writeQueue = new WriteQueue(vertx, options.getBufferMemoryBytes());
    this.accumulator = new BatchAccumulatorVerticle(options, id, writeQueue::released);
    writeQueue.measure(accumulator::memoryBytes);
  }

  String id() {
    return id;
  }

  BatchAccumulatorVerticle accumulator() {
    return accumulator;
  }

  /** How it is deployed; when that fails, so does everything sent. */
  void deployedBy(Future<String> deploymentId) {
    deploymentId.onComplete(deployment);
    deploymentId.onFailure(failure -> {
      LOG.warn("{} cannot be deployed, everything sent fails: {}", clientId, failure.getMessage());
      accumulator.abandon(StreamHouseException.of(
          ErrorCode.CLOSED,
          "the producer could not be deployed: " + failure.getMessage(),
          failure));
    });
  }

  @Override
  public Future<RecordMetadata> send(ProducerRecord record) {
    return accumulator.send(record);
  }

  @Override
  public Future<Void> flush() {
    return accumulator.flush();
  }

  @Override
  public Future<Void> close() {
    if (closing.compareAndSet(false, true)) {
      // The verticle's own stop is the drain. It may be under way already, because whoever deployed
      // it is closing.
      deployment
          .future()
          .compose(deploymentId -> vertx.deploymentIDs().contains(deploymentId)
              ? vertx.undeploy(deploymentId).recover(beingUndeployed -> accumulator.drained())
              : accumulator.drained())
          .recover(neverDeployed -> accumulator.drained())
          .onComplete(closed);
    }
    return onCallersContext(closed.future());
  }

  @Override
  public Future<Void> write(ProducerRecord record) {
    return send(record).<Void>mapEmpty().onFailure(failure -> {
      Handler<Throwable> handler = exceptionHandler;
      if (handler != null) {
        handler.handle(failure);
      }
    });
  }

  @Override
  public Future<Void> end() {
    return flush().compose(v -> close());
  }

  @Override
  public Producer exceptionHandler(@Nullable Handler<Throwable> handler) {
    exceptionHandler = handler;
    return this;
  }

  @Override
  public Producer setWriteQueueMaxSize(int maxSize) {
    writeQueue.setMaxBytes(maxSize);
    return this;
  }

  @Override
  public boolean writeQueueFull() {
    return writeQueue.isFull();
  }

  @Override
  public Producer drainHandler(@Nullable Handler<Void> handler) {
    writeQueue.drainHandler(handler);
    return this;
  }

  private static <T> Future<T> onCallersContext(Future<T> future) {
    Context context = Vertx.currentContext();
    if (context == null) {
      return future;
    }
    Promise<T> promise = Promise.promise();
    future.onComplete(result -> context.runOnContext(v -> promise.handle(result)));
    return promise.future();
  }
}
