package io.streamhouse.storage.file;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.LoggerFactory;

/** Gives a finished file its key, for everybody at once, unless there is an object with this key. */
interface Publication {
  /**
   * Publishes a file.
   *
   * @throws FileAlreadyExistsException when there is something at the target
   */
  void publish(Path temp, Path target) throws IOException;

  /** A hard link where the file system knows them, else a rename under a lock. */
  static Publication open(TempFiles temps) throws IOException {
    Path probe = temps.next();
    Path link = temps.next();
    Files.createFile(probe);
    try {
      Files.createLink(link, probe);
      return (temp, target) -> Files.createLink(target, temp);
    } catch (UnsupportedOperationException | FileSystemException e) {
      LoggerFactory.getLogger(Publication.class)
          .info("{}: no hard links here, objects are renamed under a lock", temps.directory());
      return new LockedRename(temps.directory().resolve("publish"));
    } finally {
      temps.discard(link);
      temps.discard(probe);
    }
  }

  /** A rename overwrites, so looking and renaming must be one step, among threads and among processes. */
  final class LockedRename implements Publication {
    /** File locks belong to the JVM: a second store in it gets an exception instead of a lock. */
    private static final ReentrantLock IN_THIS_JVM = new ReentrantLock();

    private final Path lockFile;

    LockedRename(Path lockFile) {
      this.lockFile = lockFile;
    }

    @Override
    public void publish(Path temp, Path target) throws IOException {
      IN_THIS_JVM.lock();
      try (FileChannel channel =
              FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock unused = channel.lock()) {
        if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
          throw new FileAlreadyExistsException(target.toString());
        }
        Files.move(temp, target, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        IN_THIS_JVM.unlock();
      }
    }
  }
}
