package io.streamhouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.streamhouse.common.AgentAddress;
import io.streamhouse.testing.CountingProxy;
import io.streamhouse.testing.TestStack;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** How many connections a producer makes: it has one for batches and one for questions to each agent, at most. */
class ConnectionsTest {
  private static final int BOUND = 3;

  private static TestStack stack;
  private static TestStack.RunningAgent agent;
  private CountingProxy proxy;
  private Producer producer;

  @BeforeAll
  static void start() {
    stack = new TestStack();
    stack.createTopic("orders", 2);
  }

  @AfterAll
  static void stop() {
    stack.close();
  }

  @BeforeEach
  void connectThroughAProxy() {
    if (agent != null) {
      stack.stopAgent(agent);
    }
    proxy = new CountingProxy(stack.vertx());
    agent = stack.startAgent(
        stack.agentOptions().setAdvertisedAddress(proxy.address().toString()));
    proxy.passOnTo(new AgentAddress("127.0.0.1", agent.port()));
    producer = Producer.create(
        stack.vertx(),
        new ProducerOptions().setBootstrap(List.of(proxy.address().toString())));
  }

  @Test
  @Tag("seed-17")
  void aProducerThatHasSentNothingHasNoConnections() {
    TestStack.await(producer.flush());
    assertThat(proxy.opened()).isZero();
    TestStack.await(producer.close());
  }

  @Test
  @Tag("seed-18")
  void losingAnAgentThatWasNeverNeededHarmsNothing() {
    TestStack.await(producer.send(ProducerRecord.of("orders", "a").withPartition(0)));
    TestStack.RunningAgent stranger = stack.startAgent();
    stack.stopAgent(stranger);
    assertThat(TestStack.await(producer.send(ProducerRecord.of("orders", "b").withPartition(0)))
            .offset())
        .isGreaterThan(0);
    TestStack.await(producer.close());
  }

  @Test
  @Tag("seed-19")
  void closingLeavesNoConnectionOpen() {
    TestStack.await(producer.send(ProducerRecord.of("orders", "a")));
    assertThat(proxy.open()).isPositive();
    TestStack.await(producer.close());
    await().untilAsserted(() -> assertThat(proxy.open()).isZero());
  }

  @Test
  @Tag("seed-33")
  void aBoundOfThreeConnectionsHoldsUnderTenConcurrentSenders() throws InterruptedException {
    List<Thread> senders = new ArrayList<>();
    List<Future<RecordMetadata>> sent = java.util.Collections.synchronizedList(new ArrayList<>());
    for (int i = 0; i < 10; i++) {
      Thread sender = new Thread(() -> {
        for (int j = 0; j < 100; j++) {
          sent.add(producer.send(ProducerRecord.of("orders", "value")));
        }
      });
      senders.add(sender);
      sender.start();
    }
    for (Thread sender : senders) {
      sender.join();
    }
    TestStack.await(producer.flush());
    assertThat(sent).hasSize(1_000).allMatch(Future::succeeded);
    assertThat(proxy.mostOpen()).isBetween(1, BOUND);
    TestStack.await(producer.close());
  }

  @Test
  @Tag("seed-37")
  void producesInARowReuseTheirConnection() {
    TestStack.await(producer.send(ProducerRecord.of("orders", "a")));
    int opened = proxy.opened();
    TestStack.await(producer.send(ProducerRecord.of("orders", "b")));
    TestStack.await(producer.send(ProducerRecord.of("orders", "c")));
    assertThat(proxy.opened()).isEqualTo(opened);
    TestStack.await(producer.close());
  }
}
