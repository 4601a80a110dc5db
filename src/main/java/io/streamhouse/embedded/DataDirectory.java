package io.streamhouse.embedded;

import io.streamhouse.ErrorCode;
import io.streamhouse.StreamHouseException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The directory of an embedded server: its files in {@code postgresql}, its log, its password, and a lock that this
 * process holds for as long as it uses them. Blocking.
 */
final class DataDirectory {
  private static final int PASSWORD_BYTES = 24;
  private static final int STATUS_LINE = 7;
  private static final int SHOWN_LOG_LINES = 8;

  private final Path directory;
  private final Path cluster;
  private @Nullable FileChannel lockFile;

  DataDirectory(Path directory) {
    this.directory = directory.toAbsolutePath().normalize();
    this.cluster = this.directory.resolve("postgresql");
  }

  Path path() {
    return directory;
  }

  /** PostgreSQL's own files. */
  Path cluster() {
    return cluster;
  }

  /** Where they grow until initdb is through: a killed initdb leaves nothing that looks complete. */
  Path unfinishedCluster() {
    return directory.resolve("postgresql.new");
  }

  Path log() {
    return directory.resolve("postgresql.log");
  }

  /** Holds the password for the time of initdb, readable for the server's user. */
  Path passwordForInit() {
    return directory.resolve("postgresql.password.new");
  }

  /** Takes the directory for this process. */
  void lock() throws IOException {
    FileChannel channel = openLock();
    FileLock lock = tryLock(channel);
    if (lock == null) {
      String holder = Files.readString(directory.resolve("lock")).trim();
      channel.close();
      throw inUse(holder.isEmpty() ? "another process" : "process " + holder);
    }
    channel.truncate(0);
    channel.write(StandardCharsets.US_ASCII.encode(ProcessHandle.current().pid() + "\n"));
    lockFile = channel;
  }

  private FileChannel openLock() throws IOException {
    try {
      Directories.createPrivate(directory);
      return FileChannel.open(
          directory.resolve("lock"),
          StandardOpenOption.CREATE,
          StandardOpenOption.READ,
          StandardOpenOption.WRITE);
    } catch (FileSystemException e) {
      throw StreamHouseException.of(
          ErrorCode.INVALID_CONFIGURATION,
          "the data directory " + directory + " cannot be used (" + reason(e)
              + "): choose another one with --data-dir",
          e);
    }
  }

  private static String reason(FileSystemException failure) {
    if (failure instanceof AccessDeniedException) {
      return failure.getFile() + ": permission denied";
    }
    if (failure instanceof FileAlreadyExistsException) {
      return failure.getFile() + " is not a directory";
    }
    return String.valueOf(failure.getMessage());
  }

  void unlock() throws IOException {
    FileChannel held = lockFile;
    lockFile = null;
    if (held != null) {
      held.close();
    }
  }

  boolean isInitialized() {
    return Files.exists(cluster.resolve("PG_VERSION"));
  }

  /**
   * A server, or what a killed server has left running, that works in these files. Asked of the system and not of
   * postmaster.pid, whose number may belong to any process by now.
   */
  Optional<Long> runningServer() throws IOException {
    if (!Files.exists(cluster)) {
      return Optional.empty();
    }
    Path real = cluster.toRealPath();
    return ProcessHandle.allProcesses()
        .filter(process -> process.info().command().orElse("").endsWith("/postgres"))
        .map(ProcessHandle::pid)
        .filter(pid -> worksIn(pid, real))
        .findFirst();
  }

  /** Removes what a killed server has left; nothing may be running. */
  void tidy() throws IOException {
    Files.deleteIfExists(cluster.resolve("postmaster.pid"));
    Directories.delete(unfinishedCluster());
    // A log of its own for each run: what it says about a failed start is about this start.
    if (Files.exists(log())) {
      Files.move(
          log(), directory.resolve("postgresql.log.old"), StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /** Whether the server that this process has started accepts connections. */
  boolean isReady(ProcessHandle started) throws IOException {
    Path file = cluster.resolve("postmaster.pid");
    if (!Files.exists(file)) {
      return false;
    }
    List<String> lines = Files.readAllLines(file);
    return lines.size() > STATUS_LINE
        && lines.get(STATUS_LINE).startsWith("ready")
        && started
            .descendants()
            .anyMatch(process -> lines.get(0).equals(Long.toString(process.pid())));
  }

  /** The password of the server's only user; made when there is none. */
  String password() throws IOException {
    Path file = directory.resolve("postgresql.password");
    if (!Files.exists(file)) {
      byte[] bytes = new byte[PASSWORD_BYTES];
      new SecureRandom().nextBytes(bytes);
      writePrivate(file, HexFormat.of().formatHex(bytes));
    }
    return Files.readString(file).trim();
  }

  static void writePrivate(Path file, String text) throws IOException {
    Files.deleteIfExists(file);
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(file, text);
  }

  /** The last lines of the server's log, for messages. */
  String endOfLog() throws IOException {
    if (!Files.exists(log())) {
      return "it wrote no log";
    }
    List<String> lines = Files.readAllLines(log());
    return String.join(
        "; ", lines.subList(Math.max(0, lines.size() - SHOWN_LOG_LINES), lines.size()));
  }

  StreamHouseException inUse(String by) {
    return StreamHouseException.of(
        ErrorCode.INVALID_CONFIGURATION,
        "the data directory " + directory + " is in use by " + by
            + ": stop it, or choose another one with --data-dir");
  }

  private static boolean worksIn(long pid, Path directory) {
    try {
      return Files.readSymbolicLink(Path.of("/proc", Long.toString(pid), "cwd")).equals(directory);
    } catch (IOException e) {
      // It has ended, or it is another user's, who cannot work in a directory that only we may
      // enter.
      return false;
    }
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      // Held within this process.
      return null;
    }
  }
}
