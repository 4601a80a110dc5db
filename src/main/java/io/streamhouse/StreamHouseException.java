package io.streamhouse;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The one exception of this library. Its code says what happened, {@link #mayHaveBeenWritten()} whether data may be in
 * the log all the same. It has no stack trace of its own: it travels through futures and networks, where a trace shows
 * only the event loop; the cause keeps its trace.
 */
public final class StreamHouseException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ErrorCode code;
  private final boolean mayHaveBeenWritten;
  private final @Nullable String holderAddress;

  private StreamHouseException(
      ErrorCode code,
      String message,
      @Nullable Throwable cause,
      boolean mayHaveBeenWritten,
      @Nullable String holderAddress) {
    super(message, cause, true, false);
    this.code = code;
    this.mayHaveBeenWritten = mayHaveBeenWritten;
    this.holderAddress = holderAddress;
  }

  /** An error after which nothing was written. */
  public static StreamHouseException of(ErrorCode code, String message) {
    return new StreamHouseException(code, message, null, false, null);
  }

  /** An error after which nothing was written, with its cause. */
  public static StreamHouseException of(ErrorCode code, String message, Throwable cause) {
    return new StreamHouseException(code, message, cause, false, null);
  }

  /** An error that leaves open whether the data was written. */
  public static StreamHouseException unknownOutcome(
      ErrorCode code, String message, @Nullable Throwable cause) {
    return new StreamHouseException(code, message, cause, true, null);
  }

  /** {@link ErrorCode#NOT_LEADER}, with the holder's {@code host:port} when it is known. */
  public static StreamHouseException notLeader(String message, @Nullable String holderAddress) {
    return new StreamHouseException(ErrorCode.NOT_LEADER, message, null, false, holderAddress);
  }

  public ErrorCode code() {
    return code;
  }

  /** False: the data was definitely not written. True: it may have been. */
  public boolean mayHaveBeenWritten() {
    return mayHaveBeenWritten;
  }

  /** With {@link ErrorCode#NOT_LEADER}: {@code host:port} of the agent to ask instead, when it is known. */
  public Optional<String> holderAddress() {
    return Optional.ofNullable(holderAddress);
  }
}
