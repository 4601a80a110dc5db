package io.streamhouse.storage.s3;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.SdkPublisher;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.http.async.AsyncExecuteRequest;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3AsyncClientBuilder;

/**
 * Lets the SDK load its classes and rules, which takes it about a second with its first request, on the worker thread
 * that opens the store instead of on an event loop. The requests end here; nothing is sent.
 */
final class WarmUp implements SdkAsyncHttpClient {
  private static final byte[] BODY = {0};

  private WarmUp() {}

  /** Runs a put and a get. Afterwards the builder needs its own HTTP client and credentials again. */
  static CompletableFuture<Void> run(S3AsyncClientBuilder builder, String bucket) {
    AwsBasicCredentials nobody = AwsBasicCredentials.create("warm-up", "warm-up");
    S3AsyncClient client = builder
        .httpClient(new WarmUp())
        .credentialsProvider(StaticCredentialsProvider.create(nobody))
        .build();
    RangeReader reader = new RangeReader(0, BODY.length);
    return CompletableFuture.allOf(
            client.putObject(
                put ->
                    put.bucket(bucket).key("warm-up").ifNoneMatch("*").checksumCRC32C("AAAAAA=="),
                AsyncRequestBody.fromRemainingByteBuffersUnsafe(ByteBuffer.wrap(BODY))),
            client.getObject(
                get -> get.bucket(bucket).key("warm-up").range(reader.header()).build(), reader))
        .whenComplete((done, failure) -> client.close());
  }

  @Override
  public CompletableFuture<Void> execute(AsyncExecuteRequest request) {
    request
        .responseHandler()
        .onHeaders(SdkHttpResponse.builder()
            .statusCode(206)
            .putHeader("Content-Range", "bytes 0-0/1")
            .putHeader("Content-Length", "1")
            .build());
    request.responseHandler().onStream(new OneByte());
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public void close() {}

  private static final class OneByte implements SdkPublisher<ByteBuffer> {
    @Override
    public void subscribe(Subscriber<? super ByteBuffer> subscriber) {
      subscriber.onSubscribe(new Subscription() {
        private Optional<byte[]> rest = Optional.of(BODY);

        @Override
        public void request(long count) {
          Optional<byte[]> next = rest;
          rest = Optional.empty();
          next.ifPresent(bytes -> {
            subscriber.onNext(ByteBuffer.wrap(bytes));
            subscriber.onComplete();
          });
        }

        @Override
        public void cancel() {
          rest = Optional.empty();
        }
      });
    }
  }
}
