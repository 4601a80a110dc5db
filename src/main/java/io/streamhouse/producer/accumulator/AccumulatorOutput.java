package io.streamhouse.producer.accumulator;

import io.streamhouse.StreamHouseException;
import io.streamhouse.bus.SealedBatch;
import io.streamhouse.bus.TopicQuery;
import java.util.List;

/** What a {@link RecordAccumulator} does to the world. */
interface AccumulatorOutput {
  /** A batch goes to the router; one ack comes back for it. */
  void send(SealedBatch batch);

  /** A topic's id and partition count are needed; answers come until it is known or known not to exist. */
  void ask(TopicQuery query);

  /** A batch is durable: its records have the offsets from {@code baseOffset} on. */
  void succeed(ClosedBatch batch, long baseOffset);

  /** These records are given up. */
  void fail(List<PendingRecord> records, StreamHouseException failure);
}
