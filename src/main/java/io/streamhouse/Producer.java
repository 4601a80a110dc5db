package io.streamhouse;

import io.streamhouse.producer.ProducerVerticle;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.streams.WriteStream;

/**
 * Sends records, in batches, to the agents that lead their partitions. Safe to use from any thread and any context;
 * futures complete on the context they were asked for from. Records of one caller to one partition keep their order.
 *
 * <p>A successful {@link #send} means stored in the object store, committed in PostgreSQL, and readable at the offset
 * given. A failed one says with {@link StreamHouseException#mayHaveBeenWritten()} whether the record may be there all
 * the same. Every future completes, at the latest after {@code deliveryTimeoutMs} plus {@code maxBlockMs}.
 */
public interface Producer extends WriteStream<ProducerRecord> {
  /**
   * Creates a producer and deploys its verticles; records sent before they are up wait for them.
   *
   * @throws StreamHouseException with {@link ErrorCode#INVALID_CONFIGURATION} when options contradict each other
   */
  static Producer create(Vertx vertx, ProducerOptions options) {
    return ProducerVerticle.createProducer(vertx, options);
  }

  /**
   * Sends a record. Never blocks: when {@code bufferMemoryBytes} are in use the record waits, at most {@code
   * maxBlockMs}, for room; callers that may outrun the log watch {@link #writeQueueFull()}.
   *
   * @return the record's place in the log, or a failure with a {@link StreamHouseException}
   */
  Future<RecordMetadata> send(ProducerRecord record);

  /** Completes when every record sent before it is acknowledged or failed; sends open batches at once. */
  Future<Void> flush();

  /** Flushes, then frees connections and memory. Records sent afterwards fail with {@link ErrorCode#CLOSED}. */
  Future<Void> close();
}
