package io.streamhouse.storage.s3;

import io.streamhouse.common.Buffers;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpClientResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/** A response's body as the SDK reads it, at the SDK's pace. For one subscriber. */
final class ResponseBody implements Publisher<ByteBuffer>, Subscription {
  private final HttpClientResponse response;
  private final Runnable onEnd;
  private final Handler<IOException> onFailure;
  private final Runnable onCancel;
  private @Nullable Subscriber<? super ByteBuffer> subscriber;
  private boolean over;

  /** Takes over a response and pauses it. */
  ResponseBody(
      HttpClientResponse response,
      Runnable onEnd,
      Handler<IOException> onFailure,
      Runnable onCancel) {
    this.response = response.pause().exceptionHandler(this::fail);
    this.onEnd = onEnd;
    this.onFailure = onFailure;
    this.onCancel = onCancel;
  }

  @Override
  public void subscribe(Subscriber<? super ByteBuffer> newSubscriber) {
    subscriber = newSubscriber;
    response.handler(buffer -> {
      if (!over) {
        newSubscriber.onNext(Buffers.toByteBuffer(buffer));
      }
    });
    response.endHandler(v -> {
      if (!over) {
        over = true;
        newSubscriber.onComplete();
        onEnd.run();
      }
    });
    newSubscriber.onSubscribe(this);
  }

  @Override
  public void request(long count) {
    if (count > 0) {
      response.fetch(count);
    } else {
      fail(new IllegalArgumentException("request of " + count));
    }
  }

  @Override
  public void cancel() {
    if (!over) {
      over = true;
      onCancel.run();
    }
  }

  /** From now on nothing is passed on. */
  void stop() {
    over = true;
  }

  private void fail(Throwable failure) {
    if (!over) {
      over = true;
      IOException io = HttpExchange.asIoException(failure);
      if (subscriber != null) {
        subscriber.onError(io);
      }
      onFailure.handle(io);
    }
  }
}
