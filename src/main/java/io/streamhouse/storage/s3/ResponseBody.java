package io.streamhouse.storage.s3;

import io.streamhouse.common.Buffers;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpClientResponse;
import java.nio.ByteBuffer;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/** A response's body as the SDK reads it, at the SDK's pace. For one subscriber. */
final class ResponseBody implements Publisher<ByteBuffer> {
  private final HttpClientResponse response;
  private final Runnable onEnd;
  private final Handler<Throwable> onFailure;
  private final Runnable onCancel;

  /** Creates the body of a response that is paused. */
  ResponseBody(
      HttpClientResponse response,
      Runnable onEnd,
      Handler<Throwable> onFailure,
      Runnable onCancel) {
    this.response = response;
    this.onEnd = onEnd;
    this.onFailure = onFailure;
    this.onCancel = onCancel;
  }

  @Override
  public void subscribe(Subscriber<? super ByteBuffer> subscriber) {
    Reading reading = new Reading(subscriber);
    response.handler(buffer -> reading.next(Buffers.toByteBuffer(buffer)));
    response.endHandler(v -> reading.end());
    response.exceptionHandler(reading::fail);
    subscriber.onSubscribe(reading);
  }

  private final class Reading implements Subscription {
    private final Subscriber<? super ByteBuffer> subscriber;
    private boolean over;

    Reading(Subscriber<? super ByteBuffer> subscriber) {
      this.subscriber = subscriber;
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

    void next(ByteBuffer bytes) {
      if (!over) {
        subscriber.onNext(bytes);
      }
    }

    void end() {
      if (!over) {
        over = true;
        subscriber.onComplete();
        onEnd.run();
      }
    }

    void fail(Throwable failure) {
      if (!over) {
        over = true;
        subscriber.onError(failure);
        onFailure.handle(failure);
      }
    }
  }
}
