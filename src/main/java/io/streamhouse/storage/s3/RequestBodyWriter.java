package io.streamhouse.storage.s3;

import io.streamhouse.common.Buffers;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpClientRequest;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import software.amazon.awssdk.http.async.SdkHttpContentPublisher;

/**
 * Sends a request's body, never more at once than the connection takes: Netty copies what is written to native memory,
 * so writing whole segments would hold each of them there a second time.
 */
final class RequestBodyWriter implements Subscriber<ByteBuffer> {
  private static final int STEP_BYTES = 1 << 17;
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final HttpClientRequest request;
  private final Handler<Throwable> onFailure;
  private @Nullable Subscription subscription;
  private ByteBuffer rest = NOTHING;
  private boolean complete;
  private boolean sent;
  private boolean stopped;

  RequestBodyWriter(HttpClientRequest request, Handler<Throwable> onFailure) {
    this.request = request;
    this.onFailure = onFailure;
  }

  void write(SdkHttpContentPublisher publisher) {
    if (publisher.contentLength().orElse(1L) == 0) {
      onComplete();
    } else {
      publisher.subscribe(this);
    }
  }

  boolean isSent() {
    return sent;
  }

  void stop() {
    stopped = true;
    if (subscription != null) {
      subscription.cancel();
    }
  }

  @Override
  public void onSubscribe(Subscription newSubscription) {
    subscription = newSubscription;
    newSubscription.request(1);
  }

  @Override
  public void onNext(ByteBuffer bytes) {
    rest = bytes;
    drain();
  }

  private void drain() {
    while (rest.hasRemaining() && !stopped) {
      if (request.writeQueueFull()) {
        request.drainHandler(v -> drain());
        return;
      }
      int length = Math.min(rest.remaining(), STEP_BYTES);
      request.write(Buffers.wrap(rest.slice(rest.position(), length))).onFailure(onFailure);
      rest.position(rest.position() + length);
    }
    if (stopped) {
      return;
    }
    rest = NOTHING;
    if (complete) {
      end();
    } else if (subscription != null) {
      subscription.request(1);
    }
  }

  @Override
  public void onError(Throwable failure) {
    onFailure.handle(failure);
  }

  @Override
  public void onComplete() {
    complete = true;
    // The last buffer may still be waiting for the connection.
    if (!rest.hasRemaining()) {
      end();
    }
  }

  private void end() {
    if (!sent && !stopped) {
      sent = true;
      request.end().onFailure(onFailure);
    }
  }
}
