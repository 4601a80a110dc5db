package io.streamhouse.storage.file;

import io.streamhouse.storage.ObjectLister.Page;
import io.streamhouse.storage.StorageException;
import io.streamhouse.storage.StorageException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The blocking half of the file store; called on worker threads, by several of them at once. */
final class ObjectFiles {
  private final Path root;
  private final DurableDirectories directories;
  private final TempFiles temps;
  private final Publication publication;

  private ObjectFiles(
      Path root, DurableDirectories directories, TempFiles temps, Publication publication) {
    this.root = root;
    this.directories = directories;
    this.temps = temps;
    this.publication = publication;
  }

  static ObjectFiles open(Path root) throws IOException {
    DurableDirectories directories = DurableDirectories.open(root);
    TempFiles temps = TempFiles.open(root);
    return new ObjectFiles(root, directories, temps, Publication.open(temps));
  }

  void putIfAbsent(String key, List<ByteBuffer> body) {
    long size = body.stream().mapToLong(ByteBuffer::remaining).sum();
    try {
      put(key, body);
    } catch (IOException e) {
      throw FileFailures.write("put " + key, root, size, e);
    }
  }

  private void put(String key, List<ByteBuffer> body) throws IOException {
    Path target = root.resolve(key);
    Path parent = parentOf(target);
    try {
      directories.ensure(parent);
    } catch (FileAlreadyExistsException e) {
      throw FileFailures.keyInTheWay("put " + key, root, e);
    }
    if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      // Saves writing the body again; the race against other writers is decided by publish.
      throw exists(key, target, null);
    }
    Path temp = temps.next();
    try {
      ChunkedIo.writeDurably(temp, body);
      publish(temp, target, parent);
    } catch (FileAlreadyExistsException e) {
      throw exists(key, target, e);
    } finally {
      temps.discard(temp);
    }
    directories.force(parent);
  }

  private void publish(Path temp, Path target, Path parent) throws IOException {
    try {
      publication.publish(temp, target);
    } catch (NoSuchFileException e) {
      // Somebody has removed the directory since it was made durable.
      directories.forget();
      directories.ensure(parent);
      publication.publish(temp, target);
    }
  }

  /** The other writer may be an earlier attempt of this one: whoever hears of the object may rely on it. */
  private StorageException exists(String key, Path target, @Nullable IOException cause)
      throws IOException {
    if (Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) {
      return FileFailures.keyInTheWay("put " + key, root, cause);
    }
    directories.force(parentOf(target));
    return new StorageException(
        Kind.ALREADY_EXISTS, "put " + key + ": file:" + target + " exists", cause);
  }

  ByteBuffer getRange(String key, long position, int length) {
    Path file = root.resolve(key);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long size = channel.size();
      if (position + length > size) {
        throw new StorageException(
            Kind.TRUNCATED,
            "get %s: %d bytes from %d on are asked for, but file:%s has %d bytes"
                .formatted(key, length, position, file, size),
            null);
      }
      return ChunkedIo.read(channel, position, length);
    } catch (IOException e) {
      throw FileFailures.read("get " + key, file, e);
    }
  }

  long size(String key) {
    Path file = root.resolve(key);
    try {
      if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
        throw new NoSuchFileException(file.toString());
      }
      return Files.size(file);
    } catch (IOException e) {
      throw FileFailures.read("size of " + key, file, e);
    }
  }

  void delete(String key) {
    Path file = root.resolve(key);
    try {
      if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && Files.deleteIfExists(file)) {
        directories.force(parentOf(file));
      }
    } catch (IOException e) {
      throw FileFailures.write("delete " + key, root, 0, e);
    }
  }

  Page list(String prefix, String startAfter, int limit) {
    try {
      return new DirectoryListing(root, prefix, startAfter, limit).run();
    } catch (IOException e) {
      throw FileFailures.write("list " + prefix, root, 0, e);
    }
  }

  void close() {
    try {
      temps.close();
    } catch (IOException e) {
      throw FileFailures.write("close", root, 0, e);
    }
  }

  private static Path parentOf(Path file) {
    return Objects.requireNonNull(file.getParent(), "a key lies below the root");
  }
}
