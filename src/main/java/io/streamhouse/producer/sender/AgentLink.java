package io.streamhouse.producer.sender;

/** The way to one agent. Keeps order; never calls back from inside {@link #send}. */
interface AgentLink {
  /** Writes a batch when the connection takes it; its transmission gets one answer, or is lost. */
  void send(Transmission transmission);

  /** Called now and then while batches are on their way: an agent that is silent for too long counts as lost. */
  void tick(long nowNanos);
}
