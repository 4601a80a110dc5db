package io.streamhouse.consumer;

import io.streamhouse.StartPosition;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;

/**
 * What a consumer asks of agents. Futures complete on the consumer's context and fail with {@link
 * io.streamhouse.StreamHouseException}.
 */
interface FetchTransport {
  /** Fails with {@code UNKNOWN_TOPIC}. */
  Future<TopicLayout> lookup(String topic);

  /**
   * The offsets at which reading begins.
   *
   * @param position earliest, latest or a timestamp
   * @return by partition, one for each asked for
   */
  Future<Map<Integer, Long>> listOffsets(
      String topic, List<Integer> partitions, StartPosition position);

  /** One answer for each partition of the plan. */
  Future<List<PartitionData>> fetch(FetchPlan plan);

  /** Frees connections; calls in flight fail. */
  Future<Void> close();
}
