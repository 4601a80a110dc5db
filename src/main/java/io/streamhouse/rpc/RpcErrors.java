package io.streamhouse.rpc;

import com.google.protobuf.InvalidProtocolBufferException;
import io.streamhouse.ErrorCode;
import io.streamhouse.StreamHouseException;
import io.streamhouse.proto.v1.Error;
import io.vertx.grpc.common.GrpcStatus;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Errors on the wire. A failed call carries {@link Error} as the binary trailer {@value #TRAILER} beside gRPC's own
 * status and message, so that our clients get the very exception and others a status they know.
 */
public final class RpcErrors {
  /** Base64 without padding, as gRPC's rules for binary metadata ask. */
  public static final String TRAILER = "streamhouse-error-bin";

  private RpcErrors() {}

  /** An exception as a message. */
  public static Error toMessage(StreamHouseException failure) {
    Error.Builder error = Error.newBuilder()
        .setCode(failure.code().name())
        .setMessage(String.valueOf(failure.getMessage()))
        .setMayHaveBeenWritten(failure.mayHaveBeenWritten());
    failure.holderAddress().ifPresent(error::setHolderAddress);
    return error.build();
  }

  /** A message as an exception; a code of a newer version becomes {@link ErrorCode#INTERNAL} and keeps its text. */
  public static StreamHouseException toException(Error error) {
    ErrorCode code = codeOf(error.getCode());
    String message = code.name().equals(error.getCode())
        ? error.getMessage()
        : error.getCode() + ": " + error.getMessage();
    if (code == ErrorCode.NOT_LEADER) {
      String holder = error.getHolderAddress();
      return StreamHouseException.notLeader(message, holder.isEmpty() ? null : holder);
    }
    return error.getMayHaveBeenWritten()
        ? StreamHouseException.unknownOutcome(code, message, null)
        : StreamHouseException.of(code, message);
  }

  /** The value of the trailer for an exception. */
  public static String toTrailer(StreamHouseException failure) {
    return Base64.getEncoder()
        .withoutPadding()
        .encodeToString(toMessage(failure).toByteArray());
  }

  /**
   * The exception of a call that ended with a status other than OK.
   *
   * @param status null when the call ended without one
   * @param grpcMessage percent-encoded, as it is on the wire
   * @param trailer of the agent; null when something else answered
   */
  static StreamHouseException fromStatus(
      String call,
      @Nullable GrpcStatus status,
      @Nullable String grpcMessage,
      @Nullable String trailer) {
    if (trailer != null) {
      try {
        return toException(Error.parseFrom(Base64.getDecoder().decode(trailer)));
      } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
        return StreamHouseException.unknownOutcome(
            ErrorCode.INTERNAL, call + " failed with an error that cannot be read", e);
      }
    }
    ErrorCode code = status == null ? ErrorCode.UNAVAILABLE : codeOf(status);
    String text = grpcMessage == null ? "" : ": " + percentDecode(grpcMessage);
    return StreamHouseException.unknownOutcome(
        code,
        call + " ended with " + (status == null ? "no status" : "status " + status) + text,
        null);
  }

  private static ErrorCode codeOf(String name) {
    for (ErrorCode code : ErrorCode.values()) {
      if (code.name().equals(name)) {
        return code;
      }
    }
    return ErrorCode.INTERNAL;
  }

  private static ErrorCode codeOf(GrpcStatus status) {
    return switch (status) {
      case INVALID_ARGUMENT -> ErrorCode.INVALID_ARGUMENT;
      case DEADLINE_EXCEEDED -> ErrorCode.TIMEOUT;
      case RESOURCE_EXHAUSTED -> ErrorCode.RESOURCE_EXHAUSTED;
      case UNAUTHENTICATED -> ErrorCode.UNAUTHENTICATED;
      case PERMISSION_DENIED -> ErrorCode.PERMISSION_DENIED;
      case UNAVAILABLE, CANCELLED -> ErrorCode.UNAVAILABLE;
      default -> ErrorCode.INTERNAL;
    };
  }

  private static String percentDecode(String text) {
    try {
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return text;
    }
  }
}
