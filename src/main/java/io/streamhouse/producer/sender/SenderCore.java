package io.streamhouse.producer.sender;

import io.streamhouse.ErrorCode;
import io.streamhouse.ProducerOptions;
import io.streamhouse.StreamHouseException;
import io.streamhouse.bus.BatchAck;
import io.streamhouse.bus.RouteChanged;
import io.streamhouse.bus.RouteFailure;
import io.streamhouse.bus.RoutedBatch;
import io.streamhouse.bus.SealedBatch;
import io.streamhouse.common.AgentAddress;
import io.streamhouse.common.PartitionId;
import io.streamhouse.common.RetryPolicy;
import io.streamhouse.common.Scheduler;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The sender without its verticle and its connections: one {@link PartitionQueue} per partition, one {@link AgentLink}
 * per agent. Time and links come in from outside; confined to the sender's event loop.
 */
final class SenderCore implements SenderPort {
  private static final long TICK_MS_MIN = 10;
  private static final long TICK_MS_MAX = 500;
  private static final int TICKS_PER_TIMEOUT = 10;

  private final Scheduler scheduler;
  private final Function<AgentAddress, AgentLink> connector;
  private final Output output;
  private final ProducerIdentityKeeper identities;
  private final PartitionQueue.Shared shared;
  private final long tickMs;
  private final Map<PartitionId, PartitionQueue> queues = new HashMap<>();
  private final Map<AgentAddress, AgentLink> links = new HashMap<>();
  private long nextCorrelationId;
  private long unacknowledged;
  private boolean ticking;
  private @Nullable StreamHouseException closedBy;

  /** What the sender says to the other stages. */
  interface Output {
    /** To the accumulator. */
    void acknowledge(BatchAck ack);

    /** To the router. */
    void report(RouteFailure failure);
  }

  /**
   * Creates a sender.
   *
   * @param connector makes the link to an agent when it is first needed
   */
  SenderCore(
      ProducerOptions options,
      Scheduler scheduler,
      RetryPolicy retryPolicy,
      IdentitySource identitySource,
      Function<AgentAddress, AgentLink> connector,
      Output output) {
    this.scheduler = scheduler;
    this.connector = connector;
    this.output = output;
    this.identities = new ProducerIdentityKeeper(scheduler, retryPolicy, identitySource);
    this.shared = new PartitionQueue.Shared(options, scheduler, retryPolicy, identities, this);
    long shortest = Math.min(options.getRequestTimeoutMs(), options.getDeliveryTimeoutMs());
    this.tickMs = Math.max(TICK_MS_MIN, Math.min(TICK_MS_MAX, shortest / TICKS_PER_TIMEOUT));
  }

  void onBatch(RoutedBatch routed) {
    SealedBatch batch = routed.batch();
    unacknowledged++;
    if (closedBy != null) {
      acknowledge(BatchAck.failed(batch.batchId(), closedBy));
      return;
    }
    PartitionQueue queue = queues.computeIfAbsent(
        batch.partitionId(),
        id -> new PartitionQueue(shared, id, batch.topic(), routed.agent(), routed.revision()));
    queue.onRoute(routed.agent(), routed.revision());
    queue.add(batch);
    startTicking();
  }

  void onRoute(RouteChanged route) {
    PartitionQueue queue = queues.get(route.partitionId());
    if (queue != null) {
      queue.onRoute(route.agent(), route.revision());
    }
  }

  /** An agent answers again after it was lost. */
  void onAgentReached(AgentAddress agent) {
    List.copyOf(queues.values()).forEach(queue -> queue.onAgentReached(agent));
  }

  /** Fails what is left, and everything that comes. */
  void close(StreamHouseException failure) {
    if (closedBy == null) {
      closedBy = failure;
    }
    identities.close();
    queues.values().forEach(queue -> queue.close(failure));
  }

  /** Batches that have no acknowledgement yet. */
  long unacknowledged() {
    return unacknowledged;
  }

  @Override
  public AgentLink linkTo(AgentAddress agent) {
    return links.computeIfAbsent(agent, connector);
  }

  @Override
  public long nextCorrelationId() {
    return ++nextCorrelationId;
  }

  @Override
  public void acknowledge(BatchAck ack) {
    unacknowledged--;
    output.acknowledge(ack);
  }

  @Override
  public void report(RouteFailure failure) {
    output.report(failure);
  }

  @Override
  public void fenced(StreamHouseException failure) {
    close(StreamHouseException.of(
        ErrorCode.PRODUCER_FENCED,
        "another producer with the name '" + shared.options().getProducerName()
            + "' has taken over: " + failure.getMessage(),
        failure));
  }

  private void startTicking() {
    if (!ticking && unacknowledged > 0) {
      ticking = true;
      scheduler.schedule(tickMs, this::tick);
    }
  }

  private void tick() {
    ticking = false;
    long nowNanos = scheduler.nanoTime();
    List.copyOf(links.values()).forEach(link -> link.tick(nowNanos));
    queues.values().forEach(queue -> queue.tick(nowNanos));
    startTicking();
  }
}
