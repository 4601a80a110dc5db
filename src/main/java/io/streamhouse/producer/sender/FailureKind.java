package io.streamhouse.producer.sender;

import io.streamhouse.ErrorCode;

/** What an agent's refusal of a batch means for the batch and its partition. The one place that decides it. */
enum FailureKind {
  /** Another agent leads the partition: send everything there. */
  REROUTE,
  /** Batches before this one are missing at the agent: send everything again. */
  REWIND,
  /** Send it again after a pause. */
  RETRY,
  /** It is in the log, but nobody remembers where. */
  WRITTEN,
  /** The agent does not know the producer: begin a new sequence under a new identity. */
  NEW_IDENTITY,
  /** Another producer has taken this one's identity. */
  FENCED,
  /** No batch can be written to this partition. */
  PARTITION,
  /** This batch can never be written. */
  BATCH;

  static FailureKind of(ErrorCode code) {
    return switch (code) {
      case NOT_LEADER -> REROUTE;
      case OUT_OF_ORDER_SEQUENCE -> REWIND;
      case DUPLICATE_SEQUENCE -> WRITTEN;
      case UNKNOWN_PRODUCER -> NEW_IDENTITY;
      case PRODUCER_FENCED -> FENCED;
      case UNKNOWN_TOPIC, UNKNOWN_PARTITION, INVALID_TOPIC, UNAUTHENTICATED, PERMISSION_DENIED ->
        PARTITION;
      default -> code.isRetriable() ? RETRY : BATCH;
    };
  }
}
