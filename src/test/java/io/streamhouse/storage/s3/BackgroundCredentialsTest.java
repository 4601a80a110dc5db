package io.streamhouse.storage.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamhouse.storage.StorageException;
import io.streamhouse.storage.StorageException.Kind;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;

class BackgroundCredentialsTest {
  private static final AwsCredentials KEYS = AwsBasicCredentials.create("id", "secret");

  private Vertx vertx;

  @BeforeEach
  void open() {
    vertx = Vertx.vertx();
  }

  @AfterEach
  void close() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  @Test
  void aProviderThatBlocksDoesNotBlockTheEventLoopAndIsAskedOnce() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    AtomicInteger asked = new AtomicInteger();
    BackgroundCredentials credentials = new BackgroundCredentials(vertx, () -> {
      asked.incrementAndGet();
      awaitLatch(release);
      return KEYS;
    });
    Context loop = vertx.getOrCreateContext();
    List<CompletableFuture<AwsCredentialsIdentity>> waiting = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      waiting.add(resolve(credentials, loop));
    }

    CompletableFuture<Boolean> turn = new CompletableFuture<>();
    loop.runOnContext(v -> turn.complete(waiting.stream().noneMatch(CompletableFuture::isDone)));
    assertThat(turn.get(10, TimeUnit.SECONDS)).isTrue();
    release.countDown();

    for (CompletableFuture<AwsCredentialsIdentity> one : waiting) {
      assertThat(one.get(10, TimeUnit.SECONDS)).isEqualTo(KEYS);
    }
    assertThat(resolve(credentials, loop).get(10, TimeUnit.SECONDS)).isEqualTo(KEYS);
    assertThat(asked).hasValue(1);
    credentials.close();
  }

  @Test
  void aProviderThatFailsIsAccessDeniedAndAskedAgain() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    AwsCredentialsProvider provider = () -> {
      if (asked.incrementAndGet() == 1) {
        throw SdkClientException.create("no metadata service");
      }
      return KEYS;
    };
    BackgroundCredentials credentials = new BackgroundCredentials(vertx, provider);
    Context loop = vertx.getOrCreateContext();

    assertThatThrownBy(() -> resolve(credentials, loop).get(10, TimeUnit.SECONDS))
        .cause()
        .hasMessageContaining("no metadata service")
        .isInstanceOfSatisfying(StorageException.class, failure -> assertThat(failure.kind())
            .isEqualTo(Kind.ACCESS_DENIED));
    assertThat(resolve(credentials, loop).get(10, TimeUnit.SECONDS)).isEqualTo(KEYS);
    credentials.close();
  }

  private static CompletableFuture<AwsCredentialsIdentity> resolve(
      BackgroundCredentials credentials, Context context) {
    CompletableFuture<AwsCredentialsIdentity> result = new CompletableFuture<>();
    context.runOnContext(v -> credentials.resolveIdentity().whenComplete((identity, failure) -> {
      if (failure == null) {
        result.complete(identity);
      } else {
        result.completeExceptionally(failure);
      }
    }));
    return result;
  }

  private static void awaitLatch(CountDownLatch latch) {
    try {
      assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
