package io.streamhouse.storage.s3;

import io.streamhouse.storage.ObjectStore;
import io.streamhouse.storage.RequestRules;
import io.streamhouse.storage.StorageException;
import io.streamhouse.storage.StorageException.Kind;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.TrustOptions;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;

/**
 * The object store over the S3 protocol. Objects are written with {@code If-None-Match: *} and a CRC32C that the server
 * verifies. The server must honour the condition atomically, as AWS, MinIO, Ceph and S3Proxy do; without that, two
 * writers of one key could both succeed.
 *
 * <p>The SDK makes up to {@value S3Client#ATTEMPTS_MAX} attempts within the time-outs of the options. When the answer to
 * a put is lost, its next attempt finds the object there: {@code ALREADY_EXISTS} can mean one's own.
 *
 * <p>May be used from any context; requests run on the caller's event loop and complete there.
 */
public final class S3ObjectStore implements ObjectStore {
  private final Vertx vertx;
  private final S3Client client;
  private final S3AsyncClient s3;
  private final String bucket;
  private final String prefix;
  private final S3Failures failures;

  private S3ObjectStore(Vertx vertx, S3Options options, S3Client client) {
    this.vertx = vertx;
    this.client = client;
    this.s3 = client.sdk();
    this.bucket = options.getBucket();
    this.prefix = options.getPrefix();
    this.failures = new S3Failures(bucket, prefix);
  }

  /**
   * Makes a client, on a worker thread because the SDK reads files for it. Does not talk to the server yet. Fails with
   * {@link io.streamhouse.StreamHouseException} {@code INVALID_CONFIGURATION} when options are missing or contradict.
   */
  public static Future<S3ObjectStore> open(Vertx vertx, S3Options options) {
    return open(vertx, options, null);
  }

  static Future<S3ObjectStore> open(Vertx vertx, S3Options options, @Nullable TrustOptions trust) {
    S3Options copy = new S3Options(options);
    return vertx.executeBlocking(
        () -> {
          copy.validate();
          return new S3ObjectStore(vertx, copy, S3Client.create(vertx, copy, trust));
        },
        false);
  }

  @Override
  public Future<Void> putIfAbsent(String key, List<ByteBuffer> body) {
    return call("put", key, RequestRules.key(key), () -> {
          AsyncRequestBody bytes =
              AsyncRequestBody.fromRemainingByteBuffersUnsafe(body.toArray(ByteBuffer[]::new));
          PutObjectRequest request = PutObjectRequest.builder()
              .bucket(bucket)
              .key(prefix + key)
              .ifNoneMatch("*")
              .contentLength(body.stream().mapToLong(ByteBuffer::remaining).sum())
              .checksumCRC32C(crc32c(body))
              .build();
          return s3.putObject(request, bytes);
        })
        .mapEmpty();
  }

  /** Base64 of the big-endian bytes, as the header {@code x-amz-checksum-crc32c} wants it. */
  private static String crc32c(List<ByteBuffer> body) {
    CRC32C crc = new CRC32C();
    body.forEach(buffer -> crc.update(buffer.duplicate()));
    byte[] bytes =
        ByteBuffer.allocate(Integer.BYTES).putInt((int) crc.getValue()).array();
    return Base64.getEncoder().encodeToString(bytes);
  }

  @Override
  public Future<ByteBuffer> getRange(String key, long position, int length) {
    RangeReader reader = new RangeReader(position, length);
    return call("get", key, RequestRules.range(key, position, length), () -> {
      GetObjectRequest request = GetObjectRequest.builder()
          .bucket(bucket)
          .key(prefix + key)
          .range(reader.header())
          .build();
      return s3.getObject(request, reader);
    });
  }

  @Override
  public Future<Long> size(String key) {
    return call(
            "head",
            key,
            RequestRules.key(key),
            () -> s3.headObject(request -> request.bucket(bucket).key(prefix + key)))
        .map(answer -> answer.contentLength());
  }

  /** A key that is not there is a success, also with servers that report it. */
  @Override
  public Future<Void> delete(String key) {
    return call(
            "delete",
            key,
            RequestRules.key(key),
            () -> s3.deleteObject(request -> request.bucket(bucket).key(prefix + key)))
        .<Void>mapEmpty()
        .recover(failure ->
            isNotFound(failure) ? Future.succeededFuture() : Future.failedFuture(failure));
  }

  private static boolean isNotFound(Throwable failure) {
    return failure instanceof StorageException storage && storage.kind() == Kind.NOT_FOUND;
  }

  @Override
  public Future<Page> list(String listPrefix, String startAfter, int limit) {
    S3Listing listing = new S3Listing(bucket, prefix, listPrefix, startAfter, limit);
    return nextPart(listing, RequestRules.listing(listPrefix, startAfter, limit));
  }

  /** A server may answer with less than the limit and more to come. */
  private Future<Page> nextPart(S3Listing listing, @Nullable StorageException refused) {
    return call("list", listing.prefix(), refused, () -> s3.listObjectsV2(listing.request()))
        .compose(answer -> {
          StorageException fault = listing.add(answer);
          if (fault != null) {
            return Future.failedFuture(failures.translate("list", listing.prefix(), fault));
          }
          return listing.isComplete()
              ? Future.succeededFuture(listing.page())
              : nextPart(listing, null);
        });
  }

  private <T> Future<T> call(
      String operation,
      String key,
      @Nullable StorageException refused,
      Supplier<CompletableFuture<T>> request) {
    if (refused != null) {
      return Future.failedFuture(refused);
    }
    Context context = vertx.getOrCreateContext();
    return Future.fromCompletionStage(request.get(), context)
        .recover(failure -> Future.failedFuture(failures.translate(operation, key, failure)));
  }

  @Override
  public String describe() {
    return "s3://" + bucket + "/" + prefix;
  }

  @Override
  public Future<Void> close() {
    return client.close();
  }
}
