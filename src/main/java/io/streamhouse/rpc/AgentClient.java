package io.streamhouse.rpc;

import io.streamhouse.ErrorCode;
import io.streamhouse.StreamHouseException;
import io.streamhouse.common.AgentAddress;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.client.GrpcClientOptions;
import io.vertx.grpc.client.GrpcClientRequest;
import io.vertx.grpc.client.GrpcClientResponse;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.common.ServiceMethod;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A gRPC client for agents. Its calls fail with {@link StreamHouseException} only, with the agent's own error where it
 * sent one: the generated clients lose message and trailers of a failed call. One HTTP/2 connection to each agent
 * carries all calls. Belongs to the verticle that creates it, and is closed with it.
 */
public final class AgentClient {
  private static final Logger LOG = LoggerFactory.getLogger(AgentClient.class);

  /** Longest gRPC message either way, in bytes: the largest batch and the largest fetch, with room for their frames. */
  public static final int MESSAGE_BYTES_MAX = 64 << 20;

  private static final int CONNECT_TIMEOUT_MS = 5_000;
  private static final int WINDOW_BYTES = 8 << 20;

  /** As RFC 9113 section 6.7 says. */
  private static final int PING_BYTES = 8;

  private static final int PING_TIMEOUT_MS = 2_000;

  private final GrpcClient client;

  private AgentClient(GrpcClient client) {
    this.client = client;
  }

  /** Creates a client; connections are made when they are needed. */
  public static AgentClient create(Vertx vertx) {
    HttpClientOptions http = new HttpClientOptions()
        .setProtocolVersion(HttpVersion.HTTP_2)
        .setHttp2ClearTextUpgrade(false)
        .setConnectTimeout(CONNECT_TIMEOUT_MS)
        .setHttp2ConnectionWindowSize(WINDOW_BYTES);
    http.getInitialSettings().setInitialWindowSize(WINDOW_BYTES);
    return new AgentClient(GrpcClient.builder(vertx)
        .with(new GrpcClientOptions().setMaxMessageSize(MESSAGE_BYTES_MAX))
        .with(http)
        .build());
  }

  /**
   * Calls a method that takes one message and answers one.
   *
   * @param timeoutMs after which the call fails with {@link ErrorCode#TIMEOUT}
   */
  public <Q, R> Future<R> call(
      AgentAddress agent, ServiceMethod<R, Q> method, Q message, long timeoutMs) {
    String call = method.methodName() + " at " + agent;
    return this.<Q, R>open(agent, method)
        .compose(request -> {
          Future<R> answer = request.send(message).compose(response -> last(call, response));
          return answer.timeout(timeoutMs, TimeUnit.MILLISECONDS).onFailure(failure -> {
            if (failure instanceof TimeoutException) {
              probe(request.connection());
              request.cancel();
            }
          });
        })
        .recover(failure -> Future.failedFuture(translate(call, timeoutMs, failure)));
  }

  /** Opens a call whose messages the caller writes; it fails when the agent cannot be reached. */
  public <Q, R> Future<GrpcClientRequest<Q, R>> open(
      AgentAddress agent, ServiceMethod<R, Q> method) {
    Future<GrpcClientRequest<Q, R>> request;
    try {
      request = client.request(SocketAddress.inetSocketAddress(agent.port(), agent.host()), method);
    } catch (IllegalStateException e) {
      // Thrown, not failed: the client is closed, perhaps with the verticle it belongs to.
      return Future.failedFuture(StreamHouseException.of(
          ErrorCode.CLOSED, "the client of the agent at " + agent + " is closed", e));
    }
    return request.recover(failure -> Future.failedFuture(StreamHouseException.of(
        ErrorCode.UNAVAILABLE,
        "cannot reach an agent at " + agent + " (" + reason(failure) + "): is one running there?",
        failure)));
  }

  /**
   * To be called when a call had no answer in time: closes its connection unless that still answers pings. A connection
   * whose network path is lost (a dead host, a forgetful NAT) looks open for many minutes, and every call would share
   * its fate; a live one stays, since a slow agent's other calls are on it.
   */
  public static void probe(HttpConnection connection) {
    connection
        .ping(Buffer.buffer(new byte[PING_BYTES]))
        .timeout(PING_TIMEOUT_MS, TimeUnit.MILLISECONDS)
        .<Void>mapEmpty()
        .recover(dead -> connection.close())
        .onFailure(failure -> LOG.debug("A dead connection does not close: {}", reason(failure)));
  }

  /** The error with which a streaming call has ended, or null when it ended well. To be asked at its end. */
  public static @Nullable StreamHouseException failureOf(
      String call, GrpcClientResponse<?, ?> response) {
    if (response.status() == GrpcStatus.OK) {
      return null;
    }
    String message = response.trailers().get("grpc-message");
    String trailer = response.trailers().get(RpcErrors.TRAILER);
    return RpcErrors.fromStatus(
        call,
        response.status(),
        message == null ? response.headers().get("grpc-message") : message,
        trailer == null ? response.headers().get(RpcErrors.TRAILER) : trailer);
  }

  /** Closes all connections. */
  public Future<Void> close() {
    return client.close();
  }

  private static <R> Future<R> last(String call, GrpcClientResponse<?, R> response) {
    Promise<R> answer = Promise.promise();
    // A reset behind the response's head is told to nobody else: without this the call would wait
    // for its time-out.
    response.errorHandler(error -> answer.tryFail(StreamHouseException.unknownOutcome(
        ErrorCode.UNAVAILABLE, call + " was cut off (" + error + ")", null)));
    response.last().onComplete((message, failure) -> {
      StreamHouseException error = failureOf(call, response);
      if (error != null) {
        answer.tryFail(error);
      } else if (failure != null) {
        answer.tryFail(failure);
      } else {
        answer.tryComplete(message);
      }
    });
    return answer.future();
  }

  private static StreamHouseException translate(String call, long timeoutMs, Throwable failure) {
    if (failure instanceof StreamHouseException known) {
      return known;
    }
    if (failure instanceof TimeoutException) {
      return StreamHouseException.unknownOutcome(
          ErrorCode.TIMEOUT, call + " was not answered within " + timeoutMs + " ms", failure);
    }
    return StreamHouseException.unknownOutcome(
        ErrorCode.UNAVAILABLE, call + " failed: " + reason(failure), failure);
  }

  private static String reason(Throwable failure) {
    String message = failure.getMessage();
    return message == null ? failure.getClass().getSimpleName() : message;
  }
}
