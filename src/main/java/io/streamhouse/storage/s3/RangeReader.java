package io.streamhouse.storage.s3;

import io.streamhouse.storage.StorageException;
import io.streamhouse.storage.StorageException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.async.SdkPublisher;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * Reads a range into an array of its size, copying once. The answer must be the range that was asked for, by its headers
 * (RFC 9110, section 14.4) and by the bytes that come: a shorter one is never returned. Where a second attempt may do
 * better, the failure is an {@link IOException}, after which the SDK makes one.
 */
final class RangeReader implements AsyncResponseTransformer<GetObjectResponse, ByteBuffer> {
  private static final Pattern CONTENT_RANGE =
      Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(\\d{1,18}|\\*)");

  private final long position;
  private final int length;
  private Attempt attempt = new Attempt();

  RangeReader(long position, int length) {
    this.position = position;
    this.length = length;
  }

  /** The Range header. */
  String header() {
    return "bytes=" + position + "-" + (position + length - 1);
  }

  @Override
  public CompletableFuture<ByteBuffer> prepare() {
    attempt = new Attempt();
    return attempt.result;
  }

  @Override
  public void onResponse(GetObjectResponse response) {
    Throwable fault = fault(response.contentRange(), response.contentLength());
    if (fault != null) {
      attempt.result.completeExceptionally(fault);
    }
  }

  @Override
  public void onStream(SdkPublisher<ByteBuffer> publisher) {
    publisher.subscribe(attempt);
  }

  @Override
  public void exceptionOccurred(Throwable error) {
    attempt.result.completeExceptionally(error);
  }

  private @Nullable Throwable fault(@Nullable String contentRange, @Nullable Long contentLength) {
    if (contentRange == null) {
      return wholeObjectFault(contentLength);
    }
    Matcher matcher = CONTENT_RANGE.matcher(contentRange);
    if (!matcher.matches()) {
      return new IOException("Content-Range '" + contentRange + "' is malformed");
    }
    long first = Long.parseLong(matcher.group(1));
    long last = Long.parseLong(matcher.group(2));
    boolean isEnd = matcher.group(3).equals(Long.toString(last + 1));
    if (first == position && last < position + length - 1 && isEnd) {
      return truncated(last + 1);
    }
    if (first != position || last != position + length - 1) {
      return new IOException("asked for " + header() + ", but Content-Range is " + contentRange);
    }
    return contentLength == null || contentLength == length
        ? null
        : new IOException("Content-Length is " + contentLength + " for " + length + " bytes");
  }

  /** Some servers answer 200 without a range when the range is the whole object; others do not know ranges. */
  private @Nullable Throwable wholeObjectFault(@Nullable Long contentLength) {
    if (contentLength == null || contentLength > position + length || position > 0) {
      return new StorageException(
          Kind.REJECTED,
          "the server ignores ranges: it answered " + header() + " without one",
          null);
    }
    return contentLength < length ? truncated(contentLength) : null;
  }

  private StorageException truncated(long size) {
    return new StorageException(
        Kind.TRUNCATED, "asked for " + header() + ", but the object has " + size + " bytes", null);
  }

  /** What one attempt has read; late bytes of an earlier attempt go nowhere. */
  private final class Attempt implements Subscriber<ByteBuffer> {
    private final CompletableFuture<ByteBuffer> result = new CompletableFuture<>();
    private @Nullable ByteBuffer bytes;

    @Override
    public void onSubscribe(Subscription subscription) {
      if (result.isDone()) {
        subscription.cancel();
      } else {
        bytes = ByteBuffer.allocate(length);
        subscription.request(Long.MAX_VALUE);
      }
    }

    @Override
    public void onNext(ByteBuffer part) {
      if (bytes == null || part.remaining() > bytes.remaining()) {
        onError(new IOException("more than the " + length + " bytes asked for came"));
      } else {
        bytes.put(part);
      }
    }

    @Override
    public void onError(Throwable failure) {
      result.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
      if (bytes == null || bytes.hasRemaining()) {
        int read = bytes == null ? 0 : bytes.position();
        onError(new IOException("only " + read + " of " + length + " bytes came"));
      } else {
        result.complete(bytes.flip());
      }
    }
  }
}
