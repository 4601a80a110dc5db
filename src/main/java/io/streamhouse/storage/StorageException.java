package io.streamhouse.storage;

import org.jspecify.annotations.Nullable;

/** A failure of the object store, translated once, in its adapter. The message names store, operation and key. */
public final class StorageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What callers distinguish. */
  public enum Kind {
    /** No object with this key. */
    NOT_FOUND,
    /** An object with this key exists. */
    ALREADY_EXISTS,
    /** The object ends before the range asked for. */
    TRUNCATED,
    /** Worth another attempt: time-out, throttling, server error, connection lost. The outcome is unknown. */
    UNAVAILABLE,
    /** The store has no room. Worth another attempt once an operator has made some. */
    FULL,
    /** Credentials or permissions. */
    ACCESS_DENIED,
    /** The store refuses the request; another attempt cannot help. */
    REJECTED
  }

  private final Kind kind;

  public StorageException(Kind kind, String message, @Nullable Throwable cause) {
    super(message, cause, true, false);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }

  /** Whether the same call can succeed later without a change by us. */
  public boolean isRetriable() {
    return kind == Kind.UNAVAILABLE || kind == Kind.FULL || kind == Kind.ACCESS_DENIED;
  }
}
