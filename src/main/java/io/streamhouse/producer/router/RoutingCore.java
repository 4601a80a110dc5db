package io.streamhouse.producer.router;

import io.streamhouse.ErrorCode;
import io.streamhouse.ProducerOptions;
import io.streamhouse.StreamHouseException;
import io.streamhouse.bus.BatchAck;
import io.streamhouse.bus.RouteChanged;
import io.streamhouse.bus.RouteFailure;
import io.streamhouse.bus.RoutedBatch;
import io.streamhouse.bus.SealedBatch;
import io.streamhouse.bus.TopicAnswer;
import io.streamhouse.bus.TopicQuery;
import io.streamhouse.common.AgentAddress;
import io.streamhouse.common.PartitionId;
import io.streamhouse.common.RetryPolicy;
import io.streamhouse.common.Scheduler;
import io.streamhouse.producer.router.LeaseCache.TopicEntry;
import io.streamhouse.producer.router.LeaseUpdate.NotLeader;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The router without its verticle: puts the agent to every batch, keeps the lease cache fresh, and tells the other
 * stages what has changed. Batches of a partition leave in the order in which they came. Time and lookups come in as
 * arguments; confined to the router's event loop.
 */
final class RoutingCore implements LeaseRefresher.Listener {
  private final ProducerOptions options;
  private final Scheduler scheduler;
  private final RouterOutput output;
  private final List<AgentAddress> bootstrap;
  private final LeaseCache cache = new LeaseCache();
  private final PartitionRouter router = new PartitionRouter(cache);
  private final LeaseRefresher refresher;
  private final PendingRoutes pending = new PendingRoutes();
  private final Map<PartitionId, AgentAddress> routes = new HashMap<>();

  /** Topics somebody waits for, each with the id that will not do, or null. */
  private final Map<String, @Nullable UUID> wanted = new HashMap<>();

  private final Map<String, TopicEntry> answered = new HashMap<>();
  private @Nullable StreamHouseException lastFailure;
  private long revision;
  private Scheduler.@Nullable Task expiry;

  RoutingCore(
      ProducerOptions options,
      Scheduler scheduler,
      RetryPolicy retryPolicy,
      LeaseLookup lookup,
      RouterOutput output) {
    this.options = options;
    this.scheduler = scheduler;
    this.output = output;
    this.bootstrap = options.getBootstrap().stream().map(AgentAddress::parse).toList();
    this.refresher = new LeaseRefresher(
        scheduler,
        new LeaseRefresher.Pace(retryPolicy, options.getMetadataRefreshMs()),
        lookup,
        this::candidates,
        this::topicsToRefresh,
        this);
  }

  /** A batch to be routed. */
  void onBatch(SealedBatch batch) {
    Optional<AgentAddress> agent = pending.isEmpty()
        ? router.route(batch.partitionId(), scheduler.nanoTime())
        : Optional.empty();
    if (agent.isPresent()) {
      forward(batch, agent.get());
    } else {
      pending.add(batch);
      refresher.demand();
      armExpiry();
    }
  }

  /** The accumulator wants to know a topic. */
  void onQuery(TopicQuery query) {
    Optional<TopicEntry> known =
        cache.topic(query.topic()).filter(entry -> !entry.topicId().equals(query.staleTopicId()));
    if (known.isPresent()) {
      answer(query.topic(), known.get());
    } else {
      wanted.put(query.topic(), query.staleTopicId());
      refresher.demand();
    }
  }

  /** An agent did not take a partition's batches. */
  void onRouteFailure(RouteFailure report) {
    StreamHouseException failure = report.failure();
    if (failure.code() == ErrorCode.NOT_LEADER) {
      AgentAddress holder =
          failure.holderAddress().flatMap(RoutingCore::parseHolder).orElse(null);
      cache.apply(new NotLeader(report.partitionId(), report.agent(), holder));
    } else {
      router.suspect(report.agent(), scheduler.nanoTime());
    }
    reroute();
    refresher.demand();
  }

  @Override
  public boolean onSnapshot(LeaseUpdate.Snapshot snapshot) {
    lastFailure = null;
    cache.apply(snapshot);
    for (String name : snapshot.unknownTopics()) {
      answered.remove(name);
      if (wanted.containsKey(name)) {
        wanted.remove(name);
        output.answer(TopicAnswer.failed(
            name,
            StreamHouseException.of(
                ErrorCode.UNKNOWN_TOPIC, "Topic '" + name + "' does not exist")));
      }
    }
    for (LeaseUpdate.TopicLeases topic : snapshot.topics()) {
      answerIfNews(topic.name());
    }
    reroute();
    if (!cache.agents().isEmpty()) {
      pending.takeAll().forEach(this::onBatch);
    }
    return wanted.isEmpty() && pending.isEmpty();
  }

  @Override
  public void onFailure(StreamHouseException failure) {
    lastFailure = failure;
    List.copyOf(wanted.keySet()).forEach(topic -> {
      output.answer(TopicAnswer.failed(topic, failure));
      if (!failure.code().isRetriable()) {
        wanted.remove(topic);
      }
    });
  }

  void close() {
    refresher.close();
    if (expiry != null) {
      expiry.cancel();
    }
  }

  private void answerIfNews(String name) {
    Optional<TopicEntry> entry = cache.topic(name);
    if (entry.isEmpty()) {
      return;
    }
    boolean asked = wanted.containsKey(name) && !entry.get().topicId().equals(wanted.get(name));
    boolean changed = answered.containsKey(name) && !entry.get().equals(answered.get(name));
    if (asked || changed) {
      wanted.remove(name);
      answer(name, entry.get());
    }
  }

  private void answer(String name, TopicEntry entry) {
    answered.put(name, entry);
    output.answer(TopicAnswer.known(name, entry.topicId(), entry.partitionCount()));
  }

  private void forward(SealedBatch batch, AgentAddress agent) {
    if (!agent.equals(routes.put(batch.partitionId(), agent))) {
      revision++;
    }
    output.forward(new RoutedBatch(batch, agent, revision));
  }

  /** Tells the sender of every partition whose agent has changed. */
  private void reroute() {
    long nowNanos = scheduler.nanoTime();
    for (Map.Entry<PartitionId, AgentAddress> route : routes.entrySet()) {
      Optional<AgentAddress> agent = router.route(route.getKey(), nowNanos);
      if (agent.isPresent() && !agent.get().equals(route.getValue())) {
        route.setValue(agent.get());
        revision++;
        output.reroute(new RouteChanged(route.getKey(), agent.get(), revision));
      }
    }
  }

  private Collection<AgentAddress> candidates() {
    long nowNanos = scheduler.nanoTime();
    List<AgentAddress> best = new ArrayList<>();
    List<AgentAddress> suspected = new ArrayList<>();
    for (AgentNode agent : cache.agents()) {
      (router.isSuspected(agent.address(), nowNanos) ? suspected : best).add(agent.address());
    }
    best.addAll(bootstrap);
    best.addAll(suspected);
    return best;
  }

  private Set<String> topicsToRefresh() {
    Set<String> topics = new HashSet<>(cache.topicNames());
    topics.addAll(wanted.keySet());
    return topics;
  }

  private void armExpiry() {
    OptionalLong deadline = pending.earliestDeadlineNanos();
    if (expiry != null || deadline.isEmpty()) {
      return;
    }
    long delayNanos = Math.max(1, deadline.getAsLong() - scheduler.nanoTime());
    expiry = scheduler.schedule(1 + TimeUnit.NANOSECONDS.toMillis(delayNanos), () -> {
      expiry = null;
      expire();
      armExpiry();
    });
  }

  private void expire() {
    for (SealedBatch batch : pending.takeExpired(scheduler.nanoTime())) {
      output.giveUp(BatchAck.failed(
          batch.batchId(),
          StreamHouseException.of(
              ErrorCode.DELIVERY_TIMEOUT,
              "no agent was found for " + batch.topic() + "-"
                  + batch.partitionId().partition()
                  + " within deliveryTimeoutMs (" + options.getDeliveryTimeoutMs() + " ms)"
                  + (lastFailure == null ? "" : ": " + lastFailure.getMessage()))));
    }
  }

  private static Optional<AgentAddress> parseHolder(String address) {
    try {
      return Optional.of(AgentAddress.parse(address));
    } catch (StreamHouseException e) {
      return Optional.empty();
    }
  }
}
