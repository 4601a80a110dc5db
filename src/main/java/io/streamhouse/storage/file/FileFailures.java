package io.streamhouse.storage.file;

import io.streamhouse.storage.StorageException;
import io.streamhouse.storage.StorageException.Kind;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Turns what the file system says into what the ports promise; the only place that does. */
final class FileFailures {
  /** ENOSPC and EDQUOT have no exception types of their own. */
  private static final List<String> FULL =
      List.of("No space left on device", "Disk quota exceeded", "not enough space on the disk");

  private static final String READ_ONLY = "Read-only file system";
  private static final String NOT_A_DIRECTORY = "Not a directory";

  private FileFailures() {}

  /**
   * Translates a failure of a write, a listing or of opening.
   *
   * @param size bytes that were to be written
   */
  static StorageException write(String operation, Path root, long size, IOException failure) {
    String message = operation + " in file:" + root + ": ";
    OptionalLong free = freeBytes(root);
    if (isFull(free, size, failure)) {
      String room = free.isPresent() ? Long.toString(free.getAsLong()) : "an unknown number of";
      return new StorageException(
          Kind.FULL,
          message
              + "the disk is full: %s bytes free in %s, %d bytes to write; make room"
                  .formatted(room, root, size),
          failure);
    }
    return new StorageException(kindOf(failure), message + failure, failure);
  }

  /** Translates a failure to read a file. */
  static StorageException read(String operation, Path file, IOException failure) {
    boolean missing = failure instanceof NoSuchFileException
        || says(failure, NOT_A_DIRECTORY)
        // Opening or reading a directory fails differently from system to system.
        || Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS);
    return missing
        ? new StorageException(Kind.NOT_FOUND, operation + ": there is no file:" + file, failure)
        : new StorageException(
            kindOf(failure), operation + " from file:" + file + ": " + failure, failure);
  }

  /** A key that continues another one, or the other way round. */
  static StorageException keyInTheWay(String operation, Path root, @Nullable IOException cause) {
    return new StorageException(
        Kind.REJECTED,
        operation + " in file:" + root
            + ": in a directory no key can continue another one at a slash, and one of them exists",
        cause);
  }

  private static Kind kindOf(IOException failure) {
    if (failure instanceof AccessDeniedException || says(failure, READ_ONLY)) {
      return Kind.ACCESS_DENIED;
    }
    boolean inTheWay =
        failure instanceof FileAlreadyExistsException || says(failure, NOT_A_DIRECTORY);
    return inTheWay ? Kind.REJECTED : Kind.UNAVAILABLE;
  }

  private static boolean isFull(OptionalLong free, long size, IOException failure) {
    // The system's words depend on its language.
    return FULL.stream().anyMatch(text -> says(failure, text))
        || (free.isPresent() && free.getAsLong() < size);
  }

  private static boolean says(IOException failure, String text) {
    return String.valueOf(failure.getMessage()).contains(text);
  }

  private static OptionalLong freeBytes(Path root) {
    try {
      return OptionalLong.of(Files.getFileStore(root).getUsableSpace());
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }
}
