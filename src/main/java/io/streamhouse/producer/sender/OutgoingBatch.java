package io.streamhouse.producer.sender;

import io.streamhouse.bus.SealedBatch;
import io.streamhouse.common.ProducerIdentity;
import io.streamhouse.record.RecordBatch;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A batch in the sender. It gets its identity and sequence when it first goes out and keeps them, and its bytes, for
 * life: every copy is the same. The one exception is a batch that was surely not written: {@link
 * #unstamp}.
 */
final class OutgoingBatch {
  private final SealedBatch sealed;
  private RecordBatch records;
  private @Nullable ProducerIdentity identity;
  private @Nullable Transmission current;
  private boolean ambiguous;
  private boolean done;
  private int attempts;
  private int openCopies;

  OutgoingBatch(SealedBatch sealed) {
    this.sealed = sealed;
    this.records = RecordBatch.at(sealed.records(), sealed.records().position());
  }

  SealedBatch sealed() {
    return sealed;
  }

  /** What goes over the wire. */
  ByteBuffer bytes() {
    return records.bytes();
  }

  int sizeBytes() {
    return records.sizeBytes();
  }

  /** Who it is from; null as long as it has not gone out. */
  @Nullable
  ProducerIdentity identity() {
    return identity;
  }

  int baseSequence() {
    return records.baseSequence();
  }

  /** Gives it its place in the sequence. */
  void stamp(ProducerIdentity producer, int baseSequence) {
    if (attempts > 0) {
      // Copies of the old bytes may lie in a connection's buffers still.
      ByteBuffer copy =
          ByteBuffer.allocate(records.sizeBytes()).put(records.bytes()).flip();
      records = RecordBatch.at(copy, 0);
    }
    identity = producer;
    records.stampProducer(producer.producerId(), producer.epoch(), baseSequence);
  }

  /** It was surely not written and is not on its way any more: it may get another place in the sequence. */
  void unstamp() {
    identity = null;
    current = null;
    ambiguous = false;
    openCopies = 0;
  }

  /** The copy whose answer counts; null when there is none. */
  @Nullable
  Transmission current() {
    return current;
  }

  /** A copy goes out; older ones do not count any more, though they may still be written. */
  void transmittedAs(@Nullable Transmission transmission) {
    current = transmission;
    attempts += transmission == null ? 0 : 1;
  }

  /** How many copies have gone out. */
  int attempts() {
    return attempts;
  }

  /** A copy of the present stamp is in an agent's hands. */
  void copyWritten() {
    openCopies++;
  }

  /** What became of a copy in an agent's hands; {@code ambiguous}: nobody knows, and nobody ever will. */
  void copyEnded(boolean isAmbiguous) {
    openCopies--;
    ambiguous |= isAmbiguous;
  }

  /** Whether any copy may have been written. */
  boolean mayHaveBeenWritten() {
    return ambiguous || openCopies > 0;
  }

  /** It has its one acknowledgement; what comes for it later is ignored. */
  boolean isDone() {
    return done;
  }

  void done() {
    done = true;
  }
}
