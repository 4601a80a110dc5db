package io.streamhouse.testing;

import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.RequestOptions;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Stands before an HTTP server on 127.0.0.1 and misbehaves on request: each request takes the next fault from a queue,
 * or the standing one when the queue is empty. Bodies are held in memory. The Host header is passed on, so signatures
 * stay valid.
 */
public final class FaultyHttpProxy implements AutoCloseable {
  /** What happens to a request. */
  public sealed interface Fault {}

  /** It is passed on. */
  public record Pass() implements Fault {}

  /** It is not passed on but answered. */
  public record Answer(int status, String body) implements Fault {}

  /** It is not passed on; the connection is closed. */
  public record CutBefore() implements Fault {}

  /** It is carried out, but instead of the answer the connection is closed. */
  public record SwallowAnswer() implements Fault {}

  /** It is passed on after a while. */
  public record Delay(long ms) implements Fault {}

  /** It is not passed on and never answered. */
  public record Hang() implements Fault {}

  /** The answer breaks off after half of its body. */
  public record TruncateBody() implements Fault {}

  /** The answer has half of the body and says that this is all, while its other headers say otherwise. */
  public record ShortenBody() implements Fault {}

  private final Vertx vertx;
  private final int targetPort;
  private final HttpClient client;
  private final HttpServer server;
  private final Queue<Fault> next = new ConcurrentLinkedQueue<>();
  private final AtomicInteger requests = new AtomicInteger();
  private volatile Fault standing = new Pass();

  private FaultyHttpProxy(Vertx vertx, int targetPort) {
    this.vertx = vertx;
    this.targetPort = targetPort;
    client = vertx.createHttpClient(new HttpClientOptions().setKeepAlive(false));
    server = vertx.createHttpServer().requestHandler(this::handle);
  }

  /** Starts a proxy before a port of 127.0.0.1; waits until it listens. */
  public static FaultyHttpProxy start(Vertx vertx, int targetPort) throws Exception {
    FaultyHttpProxy proxy = new FaultyHttpProxy(vertx, targetPort);
    wait(proxy.server.listen(0, "127.0.0.1"));
    return proxy;
  }

  public int port() {
    return server.actualPort();
  }

  /** Adds what happens to the next requests, one each. */
  public FaultyHttpProxy next(Fault... faults) {
    next.addAll(List.of(faults));
    return this;
  }

  /** Sets what happens to requests when nothing has been added for them. */
  public FaultyHttpProxy always(Fault fault) {
    standing = fault;
    return this;
  }

  /** How many requests have come since the start. */
  public int requests() {
    return requests.get();
  }

  private void handle(HttpServerRequest request) {
    requests.incrementAndGet();
    Fault queued = next.poll();
    Fault fault = queued != null ? queued : standing;
    request.body().onSuccess(body -> apply(fault, request, body));
  }

  private void apply(Fault fault, HttpServerRequest request, Buffer body) {
    if (fault instanceof Answer answer) {
      request.response().setStatusCode(answer.status()).end(answer.body());
    } else if (fault instanceof CutBefore) {
      request.connection().close();
    } else if (fault instanceof Delay delay) {
      vertx.setTimer(delay.ms(), id -> forward(fault, request, body));
    } else if (!(fault instanceof Hang)) {
      forward(fault, request, body);
    }
  }

  private void forward(Fault fault, HttpServerRequest request, Buffer body) {
    RequestOptions options = new RequestOptions()
        .setMethod(request.method())
        .setHost("127.0.0.1")
        .setPort(targetPort)
        .setURI(request.uri())
        .setHeaders(MultiMap.caseInsensitiveMultiMap().addAll(request.headers()));
    client
        .request(options)
        .compose(outgoing -> outgoing.send(body))
        .compose(answer -> answer.body().map(bytes -> new Received(answer, bytes)))
        .onSuccess(received -> answer(fault, request, received))
        .onFailure(failure -> request.connection().close());
  }

  private void answer(Fault fault, HttpServerRequest request, Received received) {
    if (fault instanceof SwallowAnswer) {
      request.connection().close();
      return;
    }
    HttpServerResponse response =
        request.response().setStatusCode(received.head().statusCode());
    received.head().headers().forEach((name, value) -> {
      if (!name.equalsIgnoreCase("Transfer-Encoding")) {
        response.putHeader(name, value);
      }
    });
    Buffer body = received.body();
    if (!response.headers().contains("Content-Length")) {
      response.putHeader("Content-Length", Integer.toString(body.length()));
    }
    Buffer half = body.slice(0, body.length() / 2);
    if (fault instanceof TruncateBody) {
      response.write(half).onComplete(written -> request.connection().close());
    } else if (fault instanceof ShortenBody) {
      response.putHeader("Content-Length", Integer.toString(half.length())).end(half);
    } else {
      response.end(body);
    }
  }

  private record Received(HttpClientResponse head, Buffer body) {}

  private static void wait(Future<?> future) throws Exception {
    future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  @Override
  public void close() throws Exception {
    wait(server.close());
    wait(client.close());
  }
}
