package io.streamhouse.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamhouse.ErrorCode;
import io.streamhouse.common.ProducerIdentity;
import org.junit.jupiter.api.Test;

/** What every {@link ProducerIds} does. */
public abstract class ProducerIdsContract extends MetadataContract {
  private static final int LAST_EPOCH = 32_767;

  @Test
  void newProducersHaveIdsOfTheirOwnAndEpochZero() {
    ProducerIdentity first = await(store().newProducer());
    ProducerIdentity second = await(store().newProducer());
    assertThat(first.epoch()).isZero();
    assertThat(second.epoch()).isZero();
    assertThat(second.producerId()).isGreaterThan(first.producerId());
    assertThat(first.producerId()).isPositive();
  }

  @Test
  void takingOverANameKeepsTheIdAndRaisesTheEpoch() {
    String name = uniqueName("billing");
    ProducerIdentity first = await(store().takeOver(name));
    assertThat(first.epoch()).isZero();
    assertThat(await(store().takeOver(name)))
        .isEqualTo(new ProducerIdentity(first.producerId(), 1));
    assertThat(await(store().takeOver(uniqueName("billing"))).producerId())
        .isNotEqualTo(first.producerId());
  }

  @Test
  void raisingTheEpochKeepsTheId() {
    ProducerIdentity first = await(store().newProducer());
    ProducerIdentity raised = await(store().raiseEpoch(first));
    assertThat(raised).isEqualTo(new ProducerIdentity(first.producerId(), 1));
    // The answer to the first attempt was lost: nobody else can have used what it raised to.
    assertThat(await(store().raiseEpoch(first)).epoch()).isEqualTo(2);
  }

  @Test
  void anInstanceThatWasTakenOverCannotRaiseItsEpoch() {
    String name = uniqueName("orders");
    ProducerIdentity old = await(store().takeOver(name));
    ProducerIdentity present = await(store().takeOver(name));
    failure(store().raiseEpoch(old), ErrorCode.PRODUCER_FENCED);
    assertThat(await(store().raiseEpoch(present)).epoch()).isEqualTo(2);
  }

  @Test
  void aProducerThatWasNeverMadeIsUnknown() {
    ProducerIdentity made = await(store().newProducer());
    failure(
        store().raiseEpoch(new ProducerIdentity(made.producerId() + 1_000_000, 0)),
        ErrorCode.UNKNOWN_PRODUCER);
    failure(
        store().raiseEpoch(new ProducerIdentity(made.producerId(), 5)), ErrorCode.UNKNOWN_PRODUCER);
  }

  @Test
  void usedUpEpochsAreFollowedByANewId() {
    ProducerIdentity producer = await(store().newProducer());
    ProducerIdentity last = exhaust(producer);
    ProducerIdentity next = await(store().raiseEpoch(last));
    assertThat(next.producerId()).isNotEqualTo(producer.producerId());
    assertThat(next.epoch()).isZero();
    failure(store().raiseEpoch(last), ErrorCode.PRODUCER_FENCED);
  }

  @Test
  void usedUpEpochsOfANameAreFollowedByANewIdOfThatName() {
    String name = uniqueName("worn");
    ProducerIdentity producer = await(store().takeOver(name));
    exhaust(producer);
    ProducerIdentity next = await(store().takeOver(name));
    assertThat(next.producerId()).isNotEqualTo(producer.producerId());
    assertThat(next.epoch()).isZero();
    assertThat(await(store().takeOver(name))).isEqualTo(new ProducerIdentity(next.producerId(), 1));
  }

  /** Brings a producer to its last epoch. */
  protected abstract void setEpoch(long producerId, int epoch);

  private ProducerIdentity exhaust(ProducerIdentity producer) {
    setEpoch(producer.producerId(), LAST_EPOCH - 1);
    ProducerIdentity last =
        await(store().raiseEpoch(new ProducerIdentity(producer.producerId(), LAST_EPOCH - 1)));
    assertThat(last.epoch()).isEqualTo(LAST_EPOCH);
    return last;
  }
}
