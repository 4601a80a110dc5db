package io.streamhouse.testing;

import io.streamhouse.ErrorCode;
import io.streamhouse.StreamHouseException;
import io.streamhouse.common.ProducerIdentity;
import io.streamhouse.metadata.ProducerIds;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/** The producers of a {@link MemoryMetadataStore}. */
final class MemoryProducers implements ProducerIds {
  private static final int LAST_EPOCH = Short.MAX_VALUE;

  private final Map<Long, Producer> producers = new HashMap<>();
  private final Map<String, Long> names = new HashMap<>();
  private long ids;

  @Override
  public Future<ProducerIdentity> newProducer() {
    long id = ++ids;
    producers.put(id, new Producer());
    return Future.succeededFuture(new ProducerIdentity(id, 0));
  }

  @Override
  public Future<ProducerIdentity> takeOver(String producerName) {
    Long known = names.get(producerName);
    if (known == null) {
      return newProducer().onSuccess(identity -> names.put(producerName, identity.producerId()));
    }
    Producer producer = producers.get(known);
    if (producer.epoch == LAST_EPOCH) {
      return replace(producer)
          .onSuccess(identity -> names.put(producerName, identity.producerId()));
    }
    producer.epoch++;
    producer.fencedBelow = producer.epoch;
    return Future.succeededFuture(new ProducerIdentity(known, producer.epoch));
  }

  @Override
  public Future<ProducerIdentity> raiseEpoch(ProducerIdentity present) {
    Producer producer = producers.get(present.producerId());
    if (producer == null || present.epoch() > producer.epoch) {
      return failed(ErrorCode.UNKNOWN_PRODUCER, present + " is not known");
    }
    if (present.epoch() < producer.fencedBelow) {
      return failed(ErrorCode.PRODUCER_FENCED, "a newer instance has taken over");
    }
    if (producer.epoch == LAST_EPOCH) {
      return replace(producer);
    }
    producer.epoch++;
    return Future.succeededFuture(new ProducerIdentity(present.producerId(), producer.epoch));
  }

  @Override
  public Future<Map<Long, Integer>> lowestEpochs(Collection<Long> producerIds) {
    Map<Long, Integer> lowest = new HashMap<>();
    for (Long id : producerIds) {
      Producer producer = producers.get(id);
      if (producer != null) {
        lowest.put(id, producer.fencedBelow);
      }
    }
    return Future.succeededFuture(lowest);
  }

  boolean isFenced(long producerId, int epoch) {
    Producer producer = producers.get(producerId);
    return producer != null && epoch < producer.fencedBelow;
  }

  String nameOf(long producerId) {
    return names.entrySet().stream()
        .filter(entry -> entry.getValue() == producerId)
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse("");
  }

  void setEpoch(long producerId, int epoch) {
    producers.get(producerId).epoch = epoch;
  }

  /** A new id; all epochs of the old one are refused from now on. */
  private Future<ProducerIdentity> replace(Producer producer) {
    producer.fencedBelow = LAST_EPOCH + 1;
    return newProducer();
  }

  private static <T> Future<T> failed(ErrorCode code, String message) {
    return Future.failedFuture(StreamHouseException.of(code, message));
  }

  private static final class Producer {
    private int epoch;
    private int fencedBelow;
  }
}
