package io.streamhouse.producer.router;

import io.streamhouse.bus.BatchAck;
import io.streamhouse.bus.RouteChanged;
import io.streamhouse.bus.RoutedBatch;
import io.streamhouse.bus.TopicAnswer;

/** What a {@link RoutingCore} says to the other stages. */
interface RouterOutput {
  /** To the sender. */
  void forward(RoutedBatch batch);

  /** To the sender. */
  void reroute(RouteChanged route);

  /** To the accumulator. */
  void answer(TopicAnswer answer);

  /** To the accumulator: no agent was known until the batch's deadline. */
  void giveUp(BatchAck ack);
}
