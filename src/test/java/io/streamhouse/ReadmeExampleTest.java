package io.streamhouse;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamhouse.testing.TestStack;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The Java example of the README: it is this code, and it works. */
class ReadmeExampleTest {
  private static final Path SOURCE = Path.of("src/test/java/io/streamhouse/ReadmeExampleTest.java");

  @Test
  void theExampleSendsARecordAndReadsIt() {
    try (TestStack stack = new TestStack()) {
      TestStack.RunningAgent agent = stack.startAgent();
      stack.createTopic("orders", 3);
      Promise<ConsumerRecord> received = Promise.promise();
      List<String> agents = List.of(agent.address().toString());
      RecordMetadata place =
          TestStack.await(example(stack.vertx(), agents, received::tryComplete, received::tryFail));
      ConsumerRecord record = TestStack.await(received.future());
      assertThat(record.partition()).isEqualTo(place.partition());
      assertThat(record.offset()).isEqualTo(place.offset());
      assertThat(record.key()).hasToString("customer-7");
      assertThat(record.value()).hasToString("{\"total\": 42}");
    }
  }

  private static Future<RecordMetadata> example(
      Vertx vertx,
      List<String> agents,
      Handler<ConsumerRecord> handler,
      Handler<Throwable> failed) {
    // example: begin
    Producer producer = Producer.create(vertx, new ProducerOptions().setBootstrap(agents));
    Future<RecordMetadata> stored =
        producer.send(ProducerRecord.of("orders", "customer-7", "{\"total\": 42}"));

    ConsumerOptions options = new ConsumerOptions().setBootstrap(agents).setTopic("orders");
    Consumer consumer = Consumer.create(vertx, options);
    consumer.exceptionHandler(failed);
    consumer.handler(handler);
    // example: end
    return stored;
  }

  @Test
  void theReadmeShowsThisVeryExample() throws IOException {
    String source = squeezed(Files.readString(SOURCE));
    String example = source.substring(
        source.indexOf("// example: begin") + "// example: begin".length(),
        source.indexOf("// example: end"));
    String readme = squeezed(Files.readString(Path.of("README.md")));
    assertThat(readme).contains(example.strip());
  }

  /** Without regard to how lines are broken. */
  private static String squeezed(String text) {
    return text.replaceAll("\\s+", " ");
  }
}
