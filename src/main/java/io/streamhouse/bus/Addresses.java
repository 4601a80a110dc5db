package io.streamhouse.bus;

/**
 * Event-bus addresses. Those inside a producer are node-local and end with the producer's id ({@link #of}), so that
 * several producers of one Vert.x never hear each other.
 */
public final class Addresses {
  /** Accumulator to router: {@link SealedBatch}, fire and forget, answered in the end by one {@link BatchAck}. */
  public static final String SEALED = "streamhouse.producer.sealed";

  /** Router to sender: {@link RoutedBatch}, in the order in which the router got them. */
  public static final String ROUTED = "streamhouse.producer.routed";

  /** Sender (or router) to accumulator: {@link BatchAck}, exactly one per {@link SealedBatch}. */
  public static final String ACKED = "streamhouse.producer.acked";

  /** Accumulator to router: {@link TopicQuery}, answered by {@link TopicAnswer} as soon as there is news. */
  public static final String TOPIC_QUERY = "streamhouse.producer.topic-query";

  /** Router to accumulator: {@link TopicAnswer}, asked for or not. */
  public static final String TOPIC_ANSWER = "streamhouse.producer.topic-answer";

  /** Sender to router: {@link RouteFailure}, when an agent does not lead a partition or cannot be reached. */
  public static final String ROUTE_FAILED = "streamhouse.producer.route-failed";

  /** Router to sender: {@link RouteChanged}, when a partition that has batches on their way has a new leader. */
  public static final String ROUTE_CHANGED = "streamhouse.producer.route-changed";

  private Addresses() {}

  /** One of the addresses above, inside one producer. */
  public static String of(String address, String producerId) {
    return address + "." + producerId;
  }
}
