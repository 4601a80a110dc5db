package io.streamhouse.embedded;

import io.streamhouse.ErrorCode;
import io.streamhouse.StreamHouseException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Who the server runs as: PostgreSQL refuses to run as root, and as a user without a name. These start it in a user
 * namespace, where it is nobody while its files stay theirs; where such namespaces are not allowed, root starts it as
 * the real user nobody, who then owns the files. Blocking.
 */
enum ServerUser {
  /** As the user of this process. */
  SAME(List.of()),
  /** As the user of this process, who is nobody in a user namespace of its own. */
  NAMESPACE(List.of("unshare", "-U")),
  /** As user 65534. */
  NOBODY(List.of(
      "setpriv",
      "--reuid=" + Users.NOBODY,
      "--regid=" + Users.NOBODY,
      "--clear-groups",
      "--no-new-privs"));

  private static final long PROBE_SECONDS = 10;

  private final List<String> prefix;

  ServerUser(List<String> prefix) {
    this.prefix = prefix;
  }

  /**
   * The way that works here.
   *
   * @param cluster the server's files, if they exist: who owns them decides
   */
  static ServerUser choose(Path cluster) throws IOException {
    if (Users.current() != Users.ROOT) {
      // PostgreSQL wants a user that has a name; a container's may have none.
      return Users.hasName() || !NAMESPACE.succeeds("true") ? SAME : NAMESPACE;
    }
    boolean ownedByNobody = Files.exists(cluster) && Users.owner(cluster) == Users.NOBODY;
    if (!ownedByNobody && NAMESPACE.succeeds("true")) {
      return NAMESPACE;
    }
    if (NOBODY.succeeds("true")) {
      return NOBODY;
    }
    throw StreamHouseException.of(
        ErrorCode.INVALID_CONFIGURATION,
        "PostgreSQL does not run as root, and neither unshare nor setpriv works here:"
            + " run this program as an ordinary user");
  }

  /** A command line that runs a command as this user. */
  List<String> command(List<String> command) {
    List<String> line = new ArrayList<>(prefix);
    line.addAll(command);
    return line;
  }

  /** Makes this user the owner of the server's files. */
  void own(Path path) throws IOException {
    if (this == NOBODY) {
      Directories.changeOwner(path, Users.NOBODY);
    }
  }

  /** Whether a command run as this user succeeds. */
  boolean succeeds(String... command) throws IOException {
    try {
      Process process = new ProcessBuilder(command(List.of(command)))
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start();
      process.getOutputStream().close();
      boolean ended = process.waitFor(PROBE_SECONDS, TimeUnit.SECONDS);
      if (!ended) {
        process.destroyForcibly();
      }
      return ended && process.exitValue() == 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while probing " + prefix, e);
    } catch (IOException e) {
      if (prefix.isEmpty() || Files.exists(Path.of("/usr/bin", prefix.get(0)))) {
        throw e;
      }
      // The tool is not installed.
      return false;
    }
  }
}
