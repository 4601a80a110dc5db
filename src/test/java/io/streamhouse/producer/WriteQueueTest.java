package io.streamhouse.producer;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WriteQueueTest {
  private final Vertx vertx = Vertx.vertx();
  private final AtomicLong used = new AtomicLong();
  private final WriteQueue queue = new WriteQueue(vertx, 1_000);

  WriteQueueTest() {
    queue.measure(used::get);
  }

  @AfterEach
  void stop() {
    assertThat(vertx.close().toCompletionStage().toCompletableFuture())
        .succeedsWithin(10, TimeUnit.SECONDS);
  }

  @Test
  void whatDrainsBetweenFullAndANewHandlerStillCallsTheNewHandler() {
    CompletableFuture<String> called = new CompletableFuture<>();
    queue.drainHandler(v -> {});
    used.set(900);
    assertThat(queue.isFull()).isTrue();
    used.set(0);
    queue.released();
    queue.drainHandler(v -> called.complete("drained"));
    assertThat(called).succeedsWithin(10, TimeUnit.SECONDS);
  }

  @Test
  void aHandlerIsNotCalledBeforeHalfIsFree() {
    CompletableFuture<String> called = new CompletableFuture<>();
    used.set(900);
    assertThat(queue.isFull()).isTrue();
    queue.drainHandler(v -> called.complete("drained"));
    used.set(400);
    queue.released();
    assertThat(called).isNotCompleted();
    used.set(300);
    queue.released();
    assertThat(called).succeedsWithin(10, TimeUnit.SECONDS);
  }

  @Test
  void aHandlerRunsOnTheContextItWasSetFrom() {
    CompletableFuture<Boolean> called = new CompletableFuture<>();
    Context context = vertx.getOrCreateContext();
    context.runOnContext(v -> {
      used.set(900);
      queue.isFull();
      queue.drainHandler(drained -> called.complete(Vertx.currentContext() == context));
      used.set(0);
      vertx.executeBlocking(() -> {
        queue.released();
        return null;
      });
    });
    assertThat(called).succeedsWithin(10, TimeUnit.SECONDS).isEqualTo(true);
  }
}
