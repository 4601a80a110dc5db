package io.streamhouse.storage.file;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes directories so that they survive a power cut: a file's fsync does not cover the entry in its directory, nor the
 * directory's entry in its own parent. A directory that exists may have been made by another process which has not
 * forced it yet, so each is forced once by this process before anything in it is acknowledged.
 */
final class DurableDirectories {
  private static final Logger log = LoggerFactory.getLogger(DurableDirectories.class);

  /** An agent writes to one directory; this many are remembered before all are forgotten and forced anew. */
  private static final int REMEMBERED_MAX = 4096;

  private final Path root;
  private final boolean canForce;
  private final Set<Path> durable = ConcurrentHashMap.newKeySet();

  private DurableDirectories(Path root, boolean canForce) {
    this.root = root;
    this.canForce = canForce;
  }

  static DurableDirectories open(Path root) throws IOException {
    boolean posix = root.getFileSystem().supportedFileAttributeViews().contains("posix");
    if (!posix) {
      log.warn(
          "{}: this file system cannot force directories to disk; a power cut may lose acknowledged objects",
          root);
    }
    DurableDirectories directories = new DurableDirectories(root, posix);
    directories.make(root);
    directories.durable.add(root);
    return directories;
  }

  private void make(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      Path parent = Objects.requireNonNull(directory.getParent(), "the file system has a root");
      make(parent);
      Files.createDirectories(directory);
      force(parent);
    }
  }

  /**
   * Makes a directory below the root, with all between.
   *
   * @throws FileAlreadyExistsException when one of them is a file
   */
  void ensure(Path directory) throws IOException {
    if (durable.contains(directory)) {
      return;
    }
    Path parent = Objects.requireNonNull(directory.getParent(), "a key lies below the root");
    if (!directory.equals(root)) {
      ensure(parent);
    }
    try {
      Files.createDirectory(directory);
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(directory)) {
        throw e;
      }
    }
    force(parent);
    if (durable.size() >= REMEMBERED_MAX) {
      durable.clear();
    }
    durable.add(directory);
  }

  /** Forces a directory's entries to disk. */
  void force(Path directory) throws IOException {
    if (canForce) {
      try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }

  /** Somebody else has removed directories. */
  void forget() {
    durable.clear();
  }
}
