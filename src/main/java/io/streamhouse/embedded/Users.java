package io.streamhouse.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Numeric ids of users. Blocking. */
final class Users {
  static final int ROOT = 0;

  /** The id that Linux uses for nobody. */
  static final int NOBODY = 65534;

  private Users() {}

  /** Who this process runs as. */
  static int current() throws IOException {
    return owner(Path.of("/proc/self"));
  }

  /** Whether the system's list of users knows who this process runs as. */
  static boolean hasName() {
    return !"?".equals(System.getProperty("user.name", "?"));
  }

  static int owner(Path path) throws IOException {
    return (Integer) Files.getAttribute(path, "unix:uid");
  }
}
