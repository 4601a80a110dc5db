package io.streamhouse.agent;

import io.streamhouse.ErrorCode;
import io.streamhouse.StreamHouseException;
import io.streamhouse.common.PartitionId;
import io.streamhouse.common.Scheduler;
import io.streamhouse.metadata.AgentInfo;
import io.streamhouse.metadata.LeaseStore;
import io.streamhouse.metadata.PartitionState;
import io.streamhouse.metadata.ProducerState;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The leases of one session: takes them on demand, all that are asked for in one turn with one call, and keeps their
 * logs. A lease ends when its log is fenced, when it is given back, or with the session.
 *
 * <p>Confined to the agent's event loop.
 */
final class LeaseKeeper {
  private static final Logger LOG = LoggerFactory.getLogger(LeaseKeeper.class);

  private final LeaseStore leases;
  private final AgentInfo session;
  private final Scheduler scheduler;
  private final TailCache tails;
  private final Map<PartitionId, PartitionLog> held = new HashMap<>();
  private final Map<PartitionId, Promise<PartitionLog>> wanted = new LinkedHashMap<>();
  private final Map<PartitionId, Promise<PartitionLog>> asked = new HashMap<>();
  private @Nullable StreamHouseException closedBy;

  LeaseKeeper(LeaseStore leases, AgentInfo session, Scheduler scheduler, TailCache tails) {
    this.leases = leases;
    this.session = session;
    this.scheduler = scheduler;
    this.tails = tails;
  }

  /** The log of a partition that is led here already, or null. */
  @Nullable
  PartitionLog heldLog(PartitionId partition) {
    PartitionLog log = held.get(partition);
    if (log != null && log.isFenced()) {
      held.remove(partition);
      tails.remove(log);
      return null;
    }
    return log;
  }

  /** The log of a partition, whose lease is taken if nobody else holds it. Fails with NOT_LEADER. */
  Future<PartitionLog> log(PartitionId partition) {
    PartitionLog log = heldLog(partition);
    if (log != null) {
      return Future.succeededFuture(log);
    }
    if (closedBy != null) {
      return Future.failedFuture(closedBy);
    }
    Promise<PartitionLog> pending = asked.get(partition);
    if (pending == null) {
      if (wanted.isEmpty()) {
        scheduler.schedule(0, this::acquireWanted);
      }
      pending = wanted.computeIfAbsent(partition, id -> Promise.promise());
    }
    return pending.future();
  }

  int heldCount() {
    return held.size();
  }

  /** Ends all leases at once, with this reason for everything that waits. The database is not told. */
  void close(StreamHouseException reason) {
    closedBy = reason;
    Collection<PartitionLog> logs = new ArrayList<>(held.values());
    held.clear();
    for (PartitionLog log : logs) {
      tails.remove(log);
      log.fence(reason);
    }
    List<Promise<PartitionLog>> waiting = new ArrayList<>(wanted.values());
    waiting.addAll(asked.values());
    wanted.clear();
    asked.clear();
    waiting.forEach(promise -> promise.fail(reason));
  }

  private void acquireWanted() {
    if (wanted.isEmpty()) {
      return;
    }
    Map<PartitionId, Promise<PartitionLog>> batch = new LinkedHashMap<>(wanted);
    wanted.clear();
    asked.putAll(batch);
    List<PartitionId> ids = List.copyOf(batch.keySet());
    leases
        .acquireLeases(session.sessionId(), ids)
        .compose(this::load)
        .onComplete(loaded -> batch.forEach((id, promise) -> {
          // Otherwise the keeper has been closed meanwhile, perhaps by what an earlier answer set
          // off.
          if (asked.remove(id, promise)) {
            if (loaded.failed()) {
              promise.fail(loaded.cause());
            } else {
              answer(id, promise, loaded.result());
            }
          }
        }));
  }

  /** Producer states are read after the leases are ours: from then on nobody else can change them. */
  private Future<Acquired> load(List<PartitionState> states) {
    Map<PartitionId, PartitionState> all = new HashMap<>();
    List<PartitionId> ours = new ArrayList<>();
    for (PartitionState state : states) {
      all.put(state.id(), state);
      if (isOurs(state)) {
        ours.add(state.id());
      }
    }
    if (ours.isEmpty()) {
      return Future.succeededFuture(new Acquired(all, Map.of()));
    }
    return leases.producerStates(ours).map(producers -> {
      Map<PartitionId, List<ProducerState>> byPartition = new HashMap<>();
      for (ProducerState producer : producers) {
        byPartition
            .computeIfAbsent(producer.partitionId(), id -> new ArrayList<>())
            .add(producer);
      }
      return new Acquired(all, byPartition);
    });
  }

  private void answer(PartitionId id, Promise<PartitionLog> promise, Acquired acquired) {
    PartitionState state = acquired.states.get(id);
    if (state == null) {
      promise.fail(StreamHouseException.of(
          ErrorCode.UNKNOWN_TOPIC, "the topic of " + id + " does not exist (any more)"));
    } else if (isOurs(state)) {
      PartitionLog log = new PartitionLog(state, acquired.producers.getOrDefault(id, List.of()));
      held.put(id, log);
      LOG.info("Leading {} from offset {} at lease epoch {}", id, state.endOffset(), state.epoch());
      promise.complete(log);
    } else {
      String holder = state.holder().map(AgentInfo::address).orElse(null);
      promise.fail(StreamHouseException.notLeader(
          id + " is led by " + (holder == null ? "another agent" : holder), holder));
    }
  }

  private boolean isOurs(PartitionState state) {
    return state
        .holder()
        .filter(holder -> holder.sessionId().equals(session.sessionId()))
        .isPresent();
  }

  private record Acquired(
      Map<PartitionId, PartitionState> states, Map<PartitionId, List<ProducerState>> producers) {}
}
