package io.streamhouse.storage.s3;

import io.vertx.core.Context;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.http.SdkHttpFullResponse;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.async.AsyncExecuteRequest;
import software.amazon.awssdk.http.async.SdkAsyncHttpResponseHandler;

/**
 * One request and its response. Ends exactly once: with the response's last byte, with a failure of the connection, or
 * because the SDK gives up and completes {@link #done} itself (time-out, cancellation); then the connection is closed
 * and the SDK hears nothing more. Confined to one context.
 */
final class HttpExchange {
  private final Context context;
  private final AsyncExecuteRequest sdkRequest;
  private final SdkAsyncHttpResponseHandler handler;
  private final CompletableFuture<Void> done = new CompletableFuture<>();
  private @Nullable HttpClientRequest request;
  private @Nullable RequestBodyWriter body;
  private @Nullable ResponseBody answer;
  private boolean ended;

  HttpExchange(Context context, AsyncExecuteRequest sdkRequest) {
    this.context = context;
    this.sdkRequest = sdkRequest;
    this.handler = sdkRequest.responseHandler();
  }

  CompletableFuture<Void> done() {
    return done;
  }

  void start(HttpClient client) {
    done.whenComplete((nothing, failure) -> {
      if (failure != null && !ended) {
        // Usually a time-out, whose timer runs on this context too; else hop over.
        if (context.equals(Vertx.currentContext())) {
          abandon();
        } else {
          context.runOnContext(v -> abandon());
        }
      }
    });
    client.request(options()).onComplete(this::send, this::fail);
  }

  private RequestOptions options() {
    SdkHttpRequest sdk = sdkRequest.request();
    String query = sdk.encodedQueryParameters().map(text -> "?" + text).orElse("");
    String path = sdk.encodedPath().isEmpty() ? "/" : sdk.encodedPath();
    MultiMap headers = MultiMap.caseInsensitiveMultiMap();
    sdk.forEachHeader((name, values) -> {
      // Waiting for 100 Continue costs a round trip and, with servers that never send it, seconds.
      if (!"Expect".equalsIgnoreCase(name)) {
        headers.add(name, values);
      }
    });
    return new RequestOptions()
        .setMethod(HttpMethod.valueOf(sdk.method().name()))
        .setSsl("https".equals(sdk.protocol()))
        .setHost(sdk.host())
        .setPort(sdk.port())
        .setURI(path + query)
        .setHeaders(headers);
  }

  private void send(HttpClientRequest connected) {
    request = connected;
    if (ended) {
      reset(connected);
      return;
    }
    connected.exceptionHandler(this::fail);
    connected.response().onComplete(this::receive, this::fail);
    body = new RequestBodyWriter(connected, this::fail);
    body.write(sdkRequest.requestContentPublisher());
  }

  private void receive(HttpClientResponse response) {
    if (ended) {
      return;
    }
    ResponseBody stream =
        new ResponseBody(response, this::finish, this::failReading, this::abandon);
    answer = stream;
    SdkHttpFullResponse.Builder sdk = SdkHttpFullResponse.builder()
        .statusCode(response.statusCode())
        .statusText(response.statusMessage());
    response.headers().forEach((name, value) -> sdk.appendHeader(name, value));
    handler.onHeaders(sdk.build());
    // The headers may have been enough for the SDK to give up.
    if (!ended) {
      handler.onStream(stream);
    }
  }

  /** The response's last byte has been handed over. */
  private void finish() {
    if (end()) {
      resetUnlessSent();
      done.complete(null);
    }
  }

  /** A server may answer and close before it has read the body; what it answers counts, not that writing fails. */
  private void fail(Throwable failure) {
    if (answer == null) {
      failReading(asIoException(failure));
    }
  }

  private void failReading(IOException failure) {
    if (end()) {
      resetUnlessSent();
      handler.onError(failure);
      done.completeExceptionally(failure);
    }
  }

  /** The SDK has lost interest. */
  private void abandon() {
    if (end()) {
      if (body != null) {
        body.stop();
      }
      if (answer != null) {
        answer.stop();
      }
      if (request != null) {
        reset(request);
      }
      done.completeExceptionally(new IOException("the exchange was cancelled"));
    }
  }

  private boolean end() {
    boolean first = !ended;
    ended = true;
    return first;
  }

  /** After an early answer the rest of the body is not sent, so the connection cannot be used again. */
  private void resetUnlessSent() {
    if (body != null && request != null && !body.isSent()) {
      body.stop();
      reset(request);
    }
  }

  private static void reset(HttpClientRequest request) {
    // Fails when the connection is closed already, which is what it is for.
    request.reset().otherwiseEmpty();
  }

  /** The SDK makes another attempt after an IOException; Vert.x has exceptions that are none. */
  static IOException asIoException(Throwable failure) {
    return failure instanceof IOException io ? io : new IOException(failure.toString(), failure);
  }
}
