package io.streamhouse.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** Which agents a client command talks to. */
final class AgentsOption {
  @Option(
      names = "--bootstrap",
      split = ",",
      paramLabel = "HOST:PORT",
      defaultValue = "${env:STREAMHOUSE_BOOTSTRAP:-localhost:9470}",
      description = "Agents to ask first; any one of them has to be up."
          + " Also by STREAMHOUSE_BOOTSTRAP. Default: ${DEFAULT-VALUE}")
  private List<String> bootstrap = new ArrayList<>();

  /** Fails with exit code 2 when an address cannot be read. */
  List<String> addresses() {
    try {
      return new io.streamhouse.AdminOptions().setBootstrap(bootstrap).getBootstrap();
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage("--bootstrap: " + e.getMessage(), e);
    }
  }
}
