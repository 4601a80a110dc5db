package io.streamhouse.producer.sender;

import io.streamhouse.StreamHouseException;
import io.streamhouse.bus.BatchAck;
import io.streamhouse.bus.RouteFailure;
import io.streamhouse.common.AgentAddress;

/** What a {@link PartitionQueue} needs of its surroundings. */
interface SenderPort {
  AgentLink linkTo(AgentAddress agent);

  /** Unique among all transmissions of this sender. */
  long nextCorrelationId();

  /** To the accumulator; the one end of a batch. */
  void acknowledge(BatchAck ack);

  /** To the router. */
  void report(RouteFailure failure);

  /** A newer instance of this named producer has taken over: nothing can be sent any more. */
  void fenced(StreamHouseException failure);
}
