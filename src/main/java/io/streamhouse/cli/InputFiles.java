package io.streamhouse.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files that users name. */
final class InputFiles {
  private InputFiles() {}

  /** Opens one; fails with exit code 1 and its name. */
  static InputStream open(Path file) throws IOException {
    if (!Files.exists(file)) {
      throw CommandFailure.failed(file + " does not exist");
    }
    if (Files.isDirectory(file) || !Files.isReadable(file)) {
      throw CommandFailure.failed(file + " cannot be read as a file");
    }
    return Files.newInputStream(file);
  }
}
