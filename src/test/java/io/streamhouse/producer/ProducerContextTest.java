package io.streamhouse.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.streamhouse.Producer;
import io.streamhouse.ProducerOptions;
import io.streamhouse.ProducerRecord;
import io.streamhouse.testing.Await;
import io.streamhouse.testing.ScriptedAgent;
import io.streamhouse.testing.ScriptedCluster;
import io.vertx.core.Context;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.ThreadingModel;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Where futures complete. */
@Timeout(60)
class ProducerContextTest {
  private Vertx vertx;
  private ScriptedAgent agent;
  private ScriptedCluster cluster;

  @BeforeEach
  void start() {
    vertx = Vertx.vertx();
    cluster = new ScriptedCluster();
    cluster.createTopic("t", 1);
    agent = ScriptedAgent.start(vertx, cluster, "a");
  }

  @AfterEach
  void stop() {
    Await.result(vertx.close());
  }

  private Producer producer() {
    return Producer.create(vertx, new ProducerOptions().setBootstrap(List.of(agent.address())));
  }

  /** A verticle that runs something in its start. */
  private static final class Running extends VerticleBase {
    private final Supplier<Future<?>> task;

    Running(Supplier<Future<?>> task) {
      this.task = task;
    }

    @Override
    public Future<?> start() {
      return task.get();
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = ThreadingModel.class,
      names = {"EVENT_LOOP", "WORKER"})
  void futuresCompleteOnTheCallersContext(ThreadingModel model) {
    Producer producer = producer();
    List<String> wrong = new ArrayList<>();
    Promise<Void> flushed = Promise.promise();
    Running caller = new Running(() -> {
      Context context = Vertx.currentContext();
      AtomicInteger done = new AtomicInteger();
      for (int i = 0; i < 100; i++) {
        producer.send(ProducerRecord.of("t", "v" + i)).onComplete(result -> {
          done.incrementAndGet();
          if (result.failed() || Vertx.currentContext() != context) {
            wrong.add(result + " on " + Thread.currentThread());
          }
        });
      }
      producer.flush().onComplete(result -> {
        if (done.get() != 100 || Vertx.currentContext() != context) {
          wrong.add("flush after " + done + " on " + Thread.currentThread());
        }
        producer.close().onComplete(closed -> {
          if (Vertx.currentContext() != context) {
            wrong.add("close on " + Thread.currentThread());
          }
          flushed.complete();
        });
      });
      return Future.succeededFuture();
    });
    Await.result(vertx.deployVerticle(caller, new DeploymentOptions().setThreadingModel(model)));

    Await.result(flushed.future());
    assertThat(wrong).isEmpty();
  }

  @Test
  void aPlainThreadGetsItsAnswersToo() throws Exception {
    Producer producer = producer();
    List<Future<?>> sent = new ArrayList<>();
    Thread thread = new Thread(() -> {
      for (int i = 0; i < 100; i++) {
        sent.add(producer.send(ProducerRecord.of("t", "v" + i)));
      }
    });
    thread.start();
    thread.join();
    Await.result(Future.all(sent));
    assertThat(cluster.values(cluster.partition("t", 0))).hasSize(100);
  }

  @Test
  void recordsOfManyContextsInOneBatchEachGoHome() {
    Producer producer = producer();
    List<Future<?>> all = new ArrayList<>();
    AtomicInteger wrong = new AtomicInteger();
    for (int i = 0; i < 20; i++) {
      Promise<Void> done = Promise.promise();
      all.add(done.future());
      Context context = vertx.getOrCreateContext();
      context.runOnContext(v -> {
        List<Future<?>> mine = new ArrayList<>();
        for (int record = 0; record < 20; record++) {
          mine.add(producer.send(ProducerRecord.of("t", "v")).onSuccess(result -> {
            if (Vertx.currentContext() != context) {
              wrong.incrementAndGet();
            }
          }));
        }
        Future.all(mine).<Void>mapEmpty().onComplete(done);
      });
    }
    Await.result(Future.all(all));
    assertThat(wrong).hasValue(0);
  }

  @Test
  void aHandlerThatThrowsTakesNobodyElsesAnswerAway() {
    Producer producer = producer();
    AtomicInteger reported = new AtomicInteger();
    Promise<Void> done = Promise.promise();
    Context context = vertx.getOrCreateContext();
    context.exceptionHandler(failure -> reported.incrementAndGet());
    context.runOnContext(v -> {
      List<Future<?>> mine = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        Future<?> sent = producer.send(ProducerRecord.of("t", "v"));
        if (i % 3 == 0) {
          sent.onComplete(result -> {
            throw new IllegalStateException("a caller's mistake");
          });
        } else {
          mine.add(sent);
        }
      }
      Future.all(mine).<Void>mapEmpty().onComplete(done);
      producer.flush();
    });

    Await.result(done.future());
    await().untilAsserted(() -> assertThat(reported).hasValue(17));
    Await.result(producer.flush());
  }

  @Test
  void undeployingTheVerticleThatCreatedItClosesTheProducer() {
    Producer[] created = new Producer[1];
    String id = Await.result(vertx.deployVerticle(new Running(() -> {
      created[0] = producer();
      return Future.succeededFuture();
    })));
    Await.result(created[0].send(ProducerRecord.of("t", "v")));
    Future<?> sent = created[0].send(ProducerRecord.of("t", "v"));

    Await.result(vertx.undeploy(id));

    assertThat(sent.succeeded()).isTrue();
    assertThat(Await.failure(created[0].send(ProducerRecord.of("t", "v"))))
        .hasMessageContaining("closed");
    assertThat(vertx.deploymentIDs()).isEmpty();
  }

  @Test
  void aProducerIsDeployableByNameWithJson() {
    ProducerOptions options = new ProducerOptions().setBootstrap(List.of(agent.address()));
    String id = Await.result(vertx.deployVerticle(
        "io.streamhouse.producer.ProducerVerticle",
        new DeploymentOptions().setConfig(options.toJson())));
    Await.result(vertx.undeploy(id));

    assertThat(Await.failure(vertx.deployVerticle(
            "io.streamhouse.producer.ProducerVerticle",
            new DeploymentOptions().setConfig(options.toJson().put("lingerMS", 1)))))
        .hasMessageContaining("lingerMS");
  }

  @Test
  void aDeployedVerticleSendsThroughItsProducer() {
    ProducerVerticle verticle =
        new ProducerVerticle(new ProducerOptions().setBootstrap(List.of(agent.address())));
    Await.result(vertx.deployVerticle(verticle));
    assertThat(
            Await.result(verticle.producer().send(ProducerRecord.of("t", "v"))).offset())
        .isZero();
    Await.result(verticle.producer().close());
    assertThat(vertx.deploymentIDs()).isEmpty();
  }
}
