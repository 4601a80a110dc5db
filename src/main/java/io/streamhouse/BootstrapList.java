package io.streamhouse;

import io.streamhouse.common.AgentAddress;
import java.util.List;

/** Checks the bootstrap addresses of options. */
final class BootstrapList {
  private BootstrapList() {}

  /**
   * Returns an unmodifiable copy.
   *
   * @throws IllegalArgumentException when it is empty or an address cannot be read
   */
  static List<String> validate(List<String> bootstrap) {
    if (bootstrap.isEmpty()) {
      throw new IllegalArgumentException("bootstrap must name at least one agent as host:port");
    }
    for (String address : bootstrap) {
      try {
        AgentAddress.parse(address);
      } catch (StreamHouseException e) {
        throw new IllegalArgumentException(e.getMessage(), e);
      }
    }
    return List.copyOf(bootstrap);
  }
}
