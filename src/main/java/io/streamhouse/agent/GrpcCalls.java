package io.streamhouse.agent;

import com.google.protobuf.MessageLite;
import io.streamhouse.ErrorCode;
import io.streamhouse.StreamHouseException;
import io.streamhouse.rpc.RpcErrors;
import io.vertx.core.Future;
import io.vertx.grpc.common.CodecException;
import io.vertx.grpc.common.GrpcMessageDecoder;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.common.ServiceMethod;
import io.vertx.grpc.server.GrpcServer;
import io.vertx.grpc.server.GrpcServerRequest;
import io.vertx.grpc.server.GrpcServerResponse;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How calls end. Every call gets a status, a message and {@link RpcErrors#TRAILER}: also the ones that Vert.x's
 * generated services leave hanging (no message, a message that is no protobuf, a failed future of a stream).
 */
final class GrpcCalls {
  private static final Logger LOG = LoggerFactory.getLogger(GrpcCalls.class);
  private static final int MESSAGE_CHARS_MAX = 1_000;

  private GrpcCalls() {}

  /** Binds a method that takes one message and answers one. */
  static <Q extends MessageLite, R> void unary(
      GrpcServer server, ServiceMethod<Q, R> method, Function<Q, Future<R>> handler) {
    server.callHandler(method, request -> {
      boolean[] seen = new boolean[1];
      receive(request, method.decoder(), failure -> fail(request, failure), message -> {
        if (!seen[0]) {
          seen[0] = true;
          answer(request, handler, message);
        }
      });
      request.endHandler(v -> {
        if (!seen[0]) {
          fail(
              request,
              StreamHouseException.of(ErrorCode.INVALID_ARGUMENT, "the request has no message"));
        }
      });
    });
  }

  /**
   * Receives the messages of a call. Decodes them itself: Vert.x would reset the stream of a message that is no
   * protobuf, and the caller would never learn why.
   */
  static <Q> void receive(
      GrpcServerRequest<Q, ?> request,
      GrpcMessageDecoder<Q> decoder,
      Consumer<StreamHouseException> onInvalid,
      Consumer<Q> onMessage) {
    request.invalidMessageHandler(invalid -> onInvalid.accept(StreamHouseException.of(
        ErrorCode.RECORD_TOO_LARGE,
        "the message is larger than this agent takes in one message",
        invalid)));
    request.messageHandler(message -> {
      Q decoded;
      try {
        decoded = decoder.decode(message);
      } catch (CodecException e) {
        onInvalid.accept(StreamHouseException.of(
            ErrorCode.INVALID_ARGUMENT,
            "the message is no " + request.methodName() + " request",
            e));
        return;
      }
      onMessage.accept(decoded);
    });
  }

  /** Ends a call with an error, unless it has ended. */
  static void fail(GrpcServerRequest<?, ?> request, Throwable failure) {
    StreamHouseException error = asKnown(failure);
    GrpcServerResponse<?, ?> response = request.response();
    String message = String.valueOf(error.getMessage());
    GrpcStatus status = GrpcStatus.valueOf(error.code().grpcStatus());
    try {
      response.trailers().set(RpcErrors.TRAILER, RpcErrors.toTrailer(error));
      response
          .status(status)
          .statusMessage(
              message.length() > MESSAGE_CHARS_MAX
                  ? message.substring(0, MESSAGE_CHARS_MAX)
                  : message)
          .end()
          .onFailure(gone -> LOG.debug("A caller has gone before it could be told: {}", message));
    } catch (IllegalStateException e) {
      LOG.debug("A call had ended before it could be told: {}", message);
    }
  }

  /** Any failure as an exception that can be shown to a caller; what is not ours is a defect, and is logged. */
  static StreamHouseException asKnown(Throwable failure) {
    if (failure instanceof StreamHouseException known) {
      return known;
    }
    LOG.error("A request failed in a way that nobody expected", failure);
    return StreamHouseException.unknownOutcome(
        ErrorCode.INTERNAL, "internal error, see the agent's log: " + failure, failure);
  }

  private static <Q, R> void answer(
      GrpcServerRequest<Q, R> request, Function<Q, Future<R>> handler, Q message) {
    Future<R> result;
    try {
      result = handler.apply(message);
    } catch (StreamHouseException e) {
      result = Future.failedFuture(e);
    }
    result
        .onSuccess(reply -> request
            .response()
            .end(reply)
            .onFailure(gone ->
                LOG.debug("A caller has gone before its answer to {}", request.methodName())))
        .onFailure(failure -> fail(request, failure));
  }
}
