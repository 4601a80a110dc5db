package io.streamhouse.metadata.postgres;

/**
 * What kind of call it is.
 *
 * @param what for messages: "the commit of 3 objects"
 * @param writes whether an unknown outcome matters
 * @param urgent whether it may use the connection that is kept free: commits and heartbeats, which must not wait
 *     behind look-ups
 * @param deadlineMs from the call to its end
 */
record Call(String what, boolean writes, boolean urgent, long deadlineMs) {
  static Call read(String what, PostgresOptions options) {
    return new Call(what, false, false, options.getCallTimeoutMs());
  }

  static Call write(String what, PostgresOptions options) {
    return new Call(what, true, false, options.getCallTimeoutMs());
  }

  static Call heartbeat(String what, PostgresOptions options) {
    return new Call(what, true, true, options.getCallTimeoutMs());
  }

  static Call commit(String what, PostgresOptions options) {
    return new Call(what, true, true, options.getCommitTimeoutMs());
  }
}
