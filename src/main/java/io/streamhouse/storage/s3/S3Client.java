package io.streamhouse.storage.s3;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.TrustOptions;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.client.config.SdkAdvancedAsyncClientOption;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3AsyncClientBuilder;

/** The SDK's client with its parts: ours for HTTP, for time and for credentials. */
final class S3Client {
  private static final Logger log = LoggerFactory.getLogger(S3Client.class);

  /** Attempts of a call; with the default time-outs, four that hang fit. */
  static final int ATTEMPTS_MAX = 4;

  private final Vertx vertx;
  private final S3AsyncClient sdk;
  private final VertxSdkHttpClient http;
  private final ContextScheduler scheduler;
  private final @Nullable ChainCredentials chain;

  private S3Client(
      Vertx vertx,
      S3AsyncClient sdk,
      VertxSdkHttpClient http,
      ContextScheduler scheduler,
      @Nullable ChainCredentials chain) {
    this.vertx = vertx;
    this.sdk = sdk;
    this.http = http;
    this.scheduler = scheduler;
    this.chain = chain;
  }

  /** Blocks: the SDK reads profile files and loads classes. */
  static S3Client create(Vertx vertx, S3Options options, @Nullable TrustOptions trust) {
    VertxSdkHttpClient http = new VertxSdkHttpClient(vertx, options, trust);
    ContextScheduler scheduler = new ContextScheduler();
    S3AsyncClientBuilder builder = S3AsyncClient.builder()
        .region(Region.of(options.getRegion()))
        .forcePathStyle(options.isPathStyle())
        // The SDK's own checksums turn a put into chunks with a trailer: twice the CPU, and some
        // servers store the framing as data. The store's own CRC32C goes into a header.
        .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
        .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
        .asyncConfiguration(async -> async.advancedOption(
            SdkAdvancedAsyncClientOption.FUTURE_COMPLETION_EXECUTOR, Runnable::run))
        .overrideConfiguration(override -> override
            .retryStrategy(AwsRetryStrategy.standardRetryStrategy().toBuilder()
                .maxAttempts(ATTEMPTS_MAX)
                .build())
            .apiCallAttemptTimeout(Duration.ofMillis(options.getAttemptTimeoutMs()))
            .apiCallTimeout(Duration.ofMillis(options.getCallTimeoutMs()))
            .scheduledExecutorService(scheduler));
    String endpoint = options.getEndpoint();
    if (endpoint != null) {
      builder.endpointOverride(URI.create(endpoint));
    }
    WarmUp.run(builder, options.getBucket()).whenComplete((done, failure) -> {
      if (failure != null) {
        log.warn(
            "the S3 client could not be warmed up, the first request will hold its event loop",
            failure);
      }
    });
    builder.httpClient(http);
    String id = options.getAccessKeyId();
    String secret = options.getSecretAccessKey();
    ChainCredentials chain = null;
    if (id != null && secret != null) {
      builder.credentialsProvider(
          StaticCredentialsProvider.create(AwsBasicCredentials.create(id, secret)));
    } else {
      chain = ChainCredentials.create(vertx);
      builder.credentialsProvider(chain.background());
    }
    return new S3Client(vertx, builder.build(), http, scheduler, chain);
  }

  S3AsyncClient sdk() {
    return sdk;
  }

  Future<Void> close() {
    return vertx
        .<Void>executeBlocking(
            () -> {
              sdk.close();
              scheduler.shutdownNow();
              if (chain != null) {
                chain.close();
              }
              return null;
            },
            false)
        .eventually(http::shutdown);
  }

  /** The AWS default chain and what keeps it off the event loops. */
  private record ChainCredentials(
      DefaultCredentialsProvider provider, BackgroundCredentials background) {
    static ChainCredentials create(Vertx vertx) {
      DefaultCredentialsProvider provider = DefaultCredentialsProvider.builder().build();
      return new ChainCredentials(provider, new BackgroundCredentials(vertx, provider));
    }

    void close() {
      background.close();
      provider.close();
    }
  }
}
