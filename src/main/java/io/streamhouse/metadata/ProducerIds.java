package io.streamhouse.metadata;

import io.streamhouse.common.ProducerIdentity;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.Map;

/** Identities of producers. */
public interface ProducerIds {
  /** A new id with epoch 0. */
  Future<ProducerIdentity> newProducer();

  /**
   * The id of a named producer with a new epoch: everything its earlier instances still send is refused. A new id when
   * the epochs are used up.
   */
  Future<ProducerIdentity> takeOver(String producerName);

  /**
   * The same id with a higher epoch; a new id when the epochs are used up. Fails with {@code UNKNOWN_PRODUCER}, or with
   * {@code PRODUCER_FENCED} when a newer instance of the name has taken over.
   */
  Future<ProducerIdentity> raiseEpoch(ProducerIdentity present);

  /**
   * Which epochs of these producers may write.
   *
   * @return for each one that exists the lowest epoch that may still write: 0, or more when newer instances of its name
   *     have fenced older ones
   */
  Future<Map<Long, Integer>> lowestEpochs(Collection<Long> producerIds);
}
