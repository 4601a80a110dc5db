package io.streamhouse.common;

import io.streamhouse.ErrorCode;
import io.streamhouse.StreamHouseException;

/**
 * Where an agent's gRPC server listens.
 *
 * @param host a name or an IP address
 * @param port 1 to 65535
 */
public record AgentAddress(String host, int port) {
  /** The port of an agent unless it is told otherwise. */
  public static final int DEFAULT_PORT = 9470;

  /**
   * Reads {@code host:port}, {@code host} (with the default port) or {@code [ipv6]:port}.
   *
   * @throws StreamHouseException with {@link ErrorCode#INVALID_CONFIGURATION}
   */
  public static AgentAddress parse(String text) {
    String trimmed = text.trim();
    int colon = trimmed.lastIndexOf(':');
    boolean hasPort = colon >= 0
        && trimmed.indexOf(']', colon) < 0
        && (trimmed.startsWith("[") || trimmed.indexOf(':') == colon);
    String host = hasPort ? trimmed.substring(0, colon) : trimmed;
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    }
    int port = DEFAULT_PORT;
    if (hasPort) {
      try {
        port = Integer.parseInt(trimmed.substring(colon + 1));
      } catch (NumberFormatException e) {
        throw illegal(text, e);
      }
    }
    if (host.isEmpty()
        || host.indexOf('/') >= 0
        || host.indexOf(' ') >= 0
        || port < 1
        || port > 65535) {
      throw illegal(text, null);
    }
    return new AgentAddress(host, port);
  }

  private static StreamHouseException illegal(
      String text, @org.jspecify.annotations.Nullable Throwable cause) {
    String message = "'" + TopicNames.printable(text)
        + "' is not an agent's address: use host:port, for example localhost:" + DEFAULT_PORT;
    return cause == null
        ? StreamHouseException.of(ErrorCode.INVALID_CONFIGURATION, message)
        : StreamHouseException.of(ErrorCode.INVALID_CONFIGURATION, message, cause);
  }

  @Override
  public String toString() {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }
}
