package io.streamhouse;

import io.streamhouse.consumer.ConsumerFactory;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.streams.ReadStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads the partitions of a topic, each in the order of its offsets, without a gap and without a repetition. Handlers
 * run on the context on which the consumer was created; its methods can be called from anywhere.
 *
 * <p>{@link #pause()} and {@link #fetch} are real: at most {@code bufferedBytesMax} are fetched ahead of the handler.
 *
 * <p>The exception handler gets a {@link StreamHouseException}. {@link ErrorCode#DATA_LOSS}, {@link
 * ErrorCode#OFFSET_OUT_OF_RANGE} and {@link ErrorCode#UNKNOWN_PARTITION} end the reading of one partition, named in the
 * message with the offset, until a {@link #seek}; the others go on. Any other error, {@link ErrorCode#UNKNOWN_TOPIC}
 * for example, ends the consumer. The end handler is called without {@code follow} only, when every partition has
 * reached the offset that was its end at the start, or has failed.
 */
public interface Consumer extends ReadStream<ConsumerRecord> {
  /**
   * Creates a consumer, which starts to fetch at once and delivers when it has a handler.
   *
   * @throws StreamHouseException with {@link ErrorCode#INVALID_CONFIGURATION} when options contradict each other, or
   *     {@link ErrorCode#INVALID_TOPIC}
   */
  static Consumer create(Vertx vertx, ConsumerOptions options) {
    return ConsumerFactory.create(vertx, new ConsumerOptions(options));
  }

  @Override
  Consumer handler(@Nullable Handler<ConsumerRecord> handler);

  @Override
  Consumer exceptionHandler(@Nullable Handler<Throwable> handler);

  @Override
  Consumer endHandler(@Nullable Handler<Void> handler);

  @Override
  Consumer pause();

  @Override
  Consumer resume();

  @Override
  Consumer fetch(long amount);

  /**
   * The offset of the next record that the handler gets from a partition. Completes once the start is known; fails with
   * {@link ErrorCode#UNKNOWN_PARTITION} when this consumer does not read it.
   */
  Future<Long> position(int partition);

  /**
   * Goes on at another offset of one partition, dropping what was fetched of it. Also takes up a partition again whose
   * reading an error had ended.
   */
  Future<Void> seek(int partition, long offset);

  /** Goes on somewhere else in every partition that this consumer reads. */
  Future<Void> seek(StartPosition position);

  /** Stops: no handler is called afterwards. */
  Future<Void> close();
}
