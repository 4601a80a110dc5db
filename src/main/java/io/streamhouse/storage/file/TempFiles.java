package io.streamhouse.storage.file;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files that are being written. They lie in a directory whose name cannot be a key's. Each open store holds a lock on a
 * file of its own there, {@code <process>_<store>.lock}; its temporary files are called {@code
 * <process>_<store>.<uuid>}. The kernel drops the lock when the process dies, so files whose owner's lock is free are
 * left-overs, whatever their age, and those of a live process on the same root are never touched.
 */
final class TempFiles {
  /** Its first character is not allowed in keys. */
  static final String DIRECTORY = "~tmp";

  private static final Logger log = LoggerFactory.getLogger(TempFiles.class);
  private static final String LOCK_SUFFIX = ".lock";

  private final Path directory;
  private final String owner;
  private final FileChannel lock;

  private TempFiles(Path directory, String owner, FileChannel lock) {
    this.directory = directory;
    this.owner = owner;
    this.lock = lock;
  }

  static TempFiles open(Path root) throws IOException {
    Path directory = root.resolve(DIRECTORY);
    Files.createDirectories(directory);
    String process = processName();
    TempFiles temps = null;
    while (temps == null) {
      temps = tryOpen(directory, process + "_" + UUID.randomUUID());
    }
    removeLeftOvers(directory, process);
    return temps;
  }

  /** Another process may take the new lock file for a left-over before it is locked; then the next name is tried. */
  @SuppressWarnings("resource") // the channel holds the lock until close
  private static @Nullable TempFiles tryOpen(Path directory, String owner) throws IOException {
    Path file = directory.resolve(owner + LOCK_SUFFIX);
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    FileLock held = channel.tryLock();
    if (held == null || !Files.exists(file)) {
      channel.close();
      return null;
    }
    return new TempFiles(directory, owner, channel);
  }

  /** The same for all stores of a process and, with the start time, for no other process, even in another container. */
  private static String processName() {
    ProcessHandle self = ProcessHandle.current();
    long startedMs = self.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    return self.pid() + "-" + startedMs;
  }

  private static void removeLeftOvers(Path directory, String process) throws IOException {
    int removed = 0;
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        // Opening a lock file of this process and closing it again would drop the lock (POSIX locks
        // are per process).
        boolean ours = name.startsWith(process + "_");
        int dot = name.indexOf('.');
        if (!ours && dot > 0) {
          removed += removeIfAbandoned(directory, file, name.substring(0, dot));
        }
      }
    }
    if (removed > 0) {
      log.info(
          "removed {} files below {} that processes which are gone left behind",
          removed,
          directory);
    }
  }

  private static int removeIfAbandoned(Path directory, Path file, String owner) throws IOException {
    Path lockFile = directory.resolve(owner + LOCK_SUFFIX);
    if (!Files.exists(lockFile, LinkOption.NOFOLLOW_LINKS)) {
      return Files.deleteIfExists(file) ? 1 : 0;
    }
    try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.WRITE)) {
      FileLock free = channel.tryLock();
      if (free == null) {
        return 0;
      }
      Files.deleteIfExists(lockFile);
      return Files.deleteIfExists(file) ? 1 : 0;
    } catch (NoSuchFileException e) {
      return Files.deleteIfExists(file) ? 1 : 0;
    }
  }

  Path directory() {
    return directory;
  }

  /** A name that nobody has used. */
  Path next() {
    return directory.resolve(owner + "." + UUID.randomUUID());
  }

  /** Removes a temporary file, if it is there. A failure costs space only until the next open. */
  void discard(Path temp) {
    try {
      Files.deleteIfExists(temp);
    } catch (IOException e) {
      log.warn("cannot remove {}, it goes when the store is opened next", temp, e);
    }
  }

  void close() throws IOException {
    Files.deleteIfExists(directory.resolve(owner + LOCK_SUFFIX));
    lock.close();
  }
}
