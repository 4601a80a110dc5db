package io.streamhouse;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamhouse.testing.TestStack;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Producer, agent, PostgreSQL and S3 together, over sockets. */
class EndToEndTest {
  private final TestStack stack = new TestStack();

  @AfterEach
  void stop() {
    stack.close();
  }

  @Test
  @Tag("seed-44")
  void tenThousandRecordsAreAcknowledgedWithDenseOffsets() {
    TestStack.RunningAgent agent = stack.startAgent();
    stack.createTopic("orders", 1);
    Producer producer = Producer.create(
        stack.vertx(),
        new ProducerOptions().setBootstrap(List.of(agent.address().toString())));
    List<Future<RecordMetadata>> sent = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      sent.add(producer.send(ProducerRecord.of("orders", "value " + i)));
    }
    TestStack.await(producer.flush());
    for (int i = 0; i < 10_000; i++) {
      assertThat(sent.get(i).result().offset()).isEqualTo(i);
    }
    TestStack.await(producer.close());
  }
}
