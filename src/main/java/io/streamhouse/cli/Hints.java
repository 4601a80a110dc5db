package io.streamhouse.cli;

import io.streamhouse.StreamHouseException;

/** What the user of a command can do about an error. */
final class Hints {
  private Hints() {}

  /**
   * The error's message, with what to do where a command of ours helps.
   *
   * @param atAgents whether the command talks to agents, so that what cannot be reached is one
   */
  static String explain(StreamHouseException failure, boolean atAgents) {
    String message = String.valueOf(failure.getMessage());
    String hint =
        switch (failure.code()) {
          case UNKNOWN_TOPIC ->
            "see 'streamhouse topic list', or make it with 'streamhouse topic create'";
          case UNAVAILABLE ->
            atAgents ? "start an agent with 'streamhouse dev', or name yours with --bootstrap" : "";
          case TOPIC_ALREADY_EXISTS -> "change it with 'streamhouse topic alter'";
          case OFFSET_OUT_OF_RANGE -> "see 'streamhouse topic describe' for the offsets there are";
          case RECORD_TOO_LARGE -> "raise --record-bytes-max, or split the record";
          default -> "";
        };
    return hint.isEmpty() ? message : message + " (" + hint + ")";
  }
}
