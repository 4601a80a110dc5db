package io.streamhouse;

/**
 * What can go wrong, as stable names: they appear in {@link StreamHouseException}, in gRPC errors and in event-bus
 * replies. A retriable error is worth another attempt without changing the request.
 */
public enum ErrorCode {
  /** A request or a record is malformed; the message names the field. gRPC INVALID_ARGUMENT. */
  INVALID_ARGUMENT(1, 3, false),
  /** A topic name is not allowed. gRPC INVALID_ARGUMENT. */
  INVALID_TOPIC(2, 3, false),
  /** A record or batch is larger than the limit. gRPC INVALID_ARGUMENT: no retry makes it smaller. */
  RECORD_TOO_LARGE(3, 3, false),
  /** A batch does not match its checksum or contradicts its own header. gRPC INVALID_ARGUMENT. */
  CORRUPT_BATCH(4, 3, false),
  /** No such topic. gRPC NOT_FOUND. */
  UNKNOWN_TOPIC(5, 5, false),
  /** The topic has no such partition. gRPC NOT_FOUND. */
  UNKNOWN_PARTITION(6, 5, false),
  /** The topic exists already. gRPC ALREADY_EXISTS. */
  TOPIC_ALREADY_EXISTS(7, 6, false),
  /** Another agent holds the lease of the partition. gRPC FAILED_PRECONDITION; retried at the holder. */
  NOT_LEADER(8, 9, true),
  /** A newer instance or epoch of this producer has taken over. gRPC FAILED_PRECONDITION. */
  PRODUCER_FENCED(9, 9, false),
  /** The agent does not know the producer id. gRPC FAILED_PRECONDITION. */
  UNKNOWN_PRODUCER(10, 9, false),
  /** A batch before this one is missing. gRPC FAILED_PRECONDITION; the sender rewinds. */
  OUT_OF_ORDER_SEQUENCE(11, 9, true),
  /** The batch was written before, so long ago that its offset is no longer remembered. gRPC FAILED_PRECONDITION. */
  DUPLICATE_SEQUENCE(12, 9, false),
  /** The offset is before the start or behind the end of the log. gRPC OUT_OF_RANGE. */
  OFFSET_OUT_OF_RANGE(13, 11, false),
  /** A limit or quota is used up for now. gRPC RESOURCE_EXHAUSTED. */
  RESOURCE_EXHAUSTED(14, 8, true),
  /** An agent, the object store or the database cannot be reached, or the agent is draining. gRPC UNAVAILABLE. */
  UNAVAILABLE(15, 14, true),
  /** An attempt took too long. gRPC DEADLINE_EXCEEDED. */
  TIMEOUT(16, 4, true),
  /** A record was not acknowledged within {@code deliveryTimeoutMs}. */
  DELIVERY_TIMEOUT(17, 4, false),
  /** The producer's buffer stayed full for {@code maxBlockMs}. */
  BUFFER_FULL(18, 8, true),
  /** The producer, consumer or agent is closed. */
  CLOSED(19, 1, false),
  /** Stored data is damaged or missing; the message names object and range. gRPC DATA_LOSS. */
  DATA_LOSS(20, 15, false),
  /** No or wrong credentials. gRPC UNAUTHENTICATED. */
  UNAUTHENTICATED(21, 16, false),
  /** The credentials do not allow this. gRPC PERMISSION_DENIED. */
  PERMISSION_DENIED(22, 7, false),
  /** The configuration is wrong; the message names the key. */
  INVALID_CONFIGURATION(23, 9, false),
  /** A defect, or an answer that nobody expected. gRPC INTERNAL. */
  INTERNAL(24, 13, true);

  private final int number;
  private final int grpcStatus;
  private final boolean retriable;

  ErrorCode(int number, int grpcStatus, boolean retriable) {
    this.number = number;
    this.grpcStatus = grpcStatus;
    this.retriable = retriable;
  }

  /** The failure code of event-bus replies; never changes for a name. */
  public int number() {
    return number;
  }

  /** The number of the gRPC status that goes with this code. */
  public int grpcStatus() {
    return grpcStatus;
  }

  /** Whether the same request can succeed later, perhaps at another agent. */
  public boolean isRetriable() {
    return retriable;
  }
}
