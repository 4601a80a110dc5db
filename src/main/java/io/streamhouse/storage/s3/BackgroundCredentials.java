package io.streamhouse.storage.s3;

import io.streamhouse.storage.StorageException;
import io.streamhouse.storage.StorageException.Kind;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.IdentityProvider;
import software.amazon.awssdk.identity.spi.ResolveIdentityRequest;

/**
 * Credentials from a provider that blocks (files, the instance's or the pod's metadata service), kept off the event
 * loops: a worker asks it before the first request and then every {@value #REFRESH_MS} ms, far more often than the
 * provider renews credentials that run out. Requests use the latest answer.
 */
final class BackgroundCredentials implements IdentityProvider<AwsCredentialsIdentity> {
  private static final Logger log = LoggerFactory.getLogger(BackgroundCredentials.class);
  private static final long REFRESH_MS = 30_000;

  private final Vertx vertx;
  private final AwsCredentialsProvider provider;
  private final long timer;
  private final AtomicReference<@Nullable CompletableFuture<AwsCredentialsIdentity>> loading =
      new AtomicReference<>();
  private volatile @Nullable AwsCredentialsIdentity latest;

  BackgroundCredentials(Vertx vertx, AwsCredentialsProvider provider) {
    this.vertx = vertx;
    this.provider = provider;
    timer = vertx.setPeriodic(REFRESH_MS, id -> refresh());
  }

  @Override
  public Class<AwsCredentialsIdentity> identityType() {
    return AwsCredentialsIdentity.class;
  }

  @Override
  public CompletableFuture<? extends AwsCredentialsIdentity> resolveIdentity(
      ResolveIdentityRequest request) {
    AwsCredentialsIdentity known = latest;
    return known != null ? CompletableFuture.completedFuture(known) : load();
  }

  /** All that ask while an answer is under way share it. */
  private CompletableFuture<AwsCredentialsIdentity> load() {
    CompletableFuture<AwsCredentialsIdentity> mine = new CompletableFuture<>();
    CompletableFuture<AwsCredentialsIdentity> running = loading.compareAndExchange(null, mine);
    if (running != null) {
      return running;
    }
    Future<AwsCredentialsIdentity> answer = vertx.executeBlocking(this::ask, false);
    answer.onComplete(result -> {
      if (result.succeeded()) {
        latest = result.result();
      }
      loading.set(null);
      if (result.succeeded()) {
        mine.complete(result.result());
      } else {
        mine.completeExceptionally(result.cause());
      }
    });
    return mine;
  }

  private AwsCredentialsIdentity ask() {
    try {
      return provider.resolveCredentials();
    } catch (SdkException e) {
      throw new StorageException(Kind.ACCESS_DENIED, "no credentials: " + e.getMessage(), e);
    }
  }

  private void refresh() {
    load().whenComplete((credentials, failure) -> {
      if (failure != null) {
        String meanwhile = latest == null ? "there are none to use" : "the last ones stay in use";
        log.warn("cannot refresh the S3 credentials, {}: {}", meanwhile, failure.getMessage());
      }
    });
  }

  void close() {
    vertx.cancelTimer(timer);
  }
}
