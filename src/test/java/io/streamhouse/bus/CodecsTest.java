package io.streamhouse.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamhouse.common.PartitionId;
import io.streamhouse.testing.Await;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.MessageCodec;
import java.nio.ByteBuffer;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CodecsTest {
  private Vertx vertx;

  @BeforeEach
  void start() {
    vertx = Vertx.vertx();
  }

  @AfterEach
  void stop() {
    Await.result(vertx.close());
  }

  @Test
  void aBatchCrossesTheBusByReferenceHoweverOftenCodecsAreRegistered() {
    Codecs.register(vertx.eventBus());
    Codecs.register(vertx.eventBus());
    SealedBatch batch =
        new SealedBatch(1, "t", new PartitionId(new UUID(1, 1), 0), ByteBuffer.allocate(10), 1, 0);
    Promise<SealedBatch> received = Promise.promise();
    vertx.eventBus().<SealedBatch>localConsumer("x", message -> received.complete(message.body()));

    vertx.eventBus().send("x", batch, new DeliveryOptions().setLocalOnly(true));

    assertThat(Await.result(received.future())).isSameAs(batch);
  }

  @Test
  void aBatchThatWouldLeaveTheNodeIsRefusedWithTheReason() {
    MessageCodec<BatchAck, BatchAck> codec = new Codecs.LocalCodec<>(BatchAck.class);
    BatchAck ack = BatchAck.durable(1, 2);

    assertThatThrownBy(() -> codec.encodeToWire(Buffer.buffer(), ack))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("stays inside one node");
  }
}
