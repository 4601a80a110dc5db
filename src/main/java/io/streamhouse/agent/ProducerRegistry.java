package io.streamhouse.agent;

import io.streamhouse.ErrorCode;
import io.streamhouse.StreamHouseException;
import io.streamhouse.metadata.ProducerIds;
import io.streamhouse.record.RecordBatch;
import io.vertx.core.Future;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which producers there are, and which epochs of theirs may write. The database is asked once for each producer, and
 * again when a commit was refused because of a fenced one: a commit is refused in whole chunks, so a producer that does
 * not give up would stop its neighbours in the partition again and again if it were not stopped here, at the door.
 *
 * <p>Confined to the agent's event loop.
 */
final class ProducerRegistry {
  private static final Logger LOG = LoggerFactory.getLogger(ProducerRegistry.class);
  private static final int REMEMBERED_MAX = 100_000;

  private final ProducerIds producers;
  private final Map<Long, Integer> lowestEpochs = new LinkedHashMap<>(16, 0.75f, true);

  ProducerRegistry(ProducerIds producers) {
    this.producers = producers;
  }

  /** Whether {@link #check} can be asked about this batch; otherwise {@link #load} first. */
  boolean knows(RecordBatch batch) {
    return batch.producerId() < 0 || lowestEpochs.containsKey(batch.producerId());
  }

  /** Asks the database about a batch's producer. */
  Future<Void> load(RecordBatch batch) {
    return ask(Set.of(batch.producerId()));
  }

  /**
   * Lets a batch pass.
   *
   * @throws StreamHouseException with UNKNOWN_PRODUCER or PRODUCER_FENCED
   */
  void check(RecordBatch batch) {
    if (batch.producerId() < 0) {
      return;
    }
    Integer lowest = lowestEpochs.get(batch.producerId());
    if (lowest == null) {
      throw StreamHouseException.of(
          ErrorCode.UNKNOWN_PRODUCER,
          "producer id " + batch.producerId() + " was never given: ask for one with InitProducer");
    }
    if (batch.producerEpoch() < lowest) {
      throw StreamHouseException.of(
          ErrorCode.PRODUCER_FENCED,
          "producer " + batch.producerId() + " with epoch " + batch.producerEpoch()
              + " has been replaced by a newer instance of its name, which has epoch " + lowest);
    }
  }

  /** A commit was refused because of one of the producers of these batches: finds out which. */
  void learn(List<PendingBatch> batches) {
    ask(batches.stream()
            .map(pending -> pending.batch().producerId())
            .filter(id -> id >= 0)
            .collect(Collectors.toSet()))
        .onFailure(failure -> LOG.warn(
            "Cannot ask which producer is fenced: {}. The next refused commit asks again",
            failure.getMessage()));
  }

  private Future<Void> ask(Set<Long> producerIds) {
    return producers.lowestEpochs(producerIds).map(found -> {
      lowestEpochs.putAll(found);
      while (lowestEpochs.size() > REMEMBERED_MAX) {
        lowestEpochs.remove(lowestEpochs.keySet().iterator().next());
      }
      return null;
    });
  }
}
