package io.streamhouse.storage.file;

import io.streamhouse.storage.ObjectLister.Listed;
import io.streamhouse.storage.ObjectLister.Page;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

/**
 * One page of a listing. Directories are walked in the order of keys: as a slash is behind {@code -} and {@code .} but
 * before letters and digits, a directory sorts by its name with the slash. What cannot be on the page is not opened.
 */
final class DirectoryListing {
  private final Path root;
  private final String prefix;
  private final String startAfter;
  private final int limit;
  private final List<Listed> found = new ArrayList<>();
  private boolean hasMore;

  DirectoryListing(Path root, String prefix, String startAfter, int limit) {
    this.root = root;
    this.prefix = prefix;
    this.startAfter = startAfter;
    this.limit = limit;
  }

  Page run() throws IOException {
    walk("");
    return new Page(List.copyOf(found), hasMore);
  }

  private void walk(String directory) throws IOException {
    for (String key : children(directory)) {
      if (hasMore) {
        return;
      }
      if (key.endsWith("/")) {
        walk(key);
      } else {
        add(key);
      }
    }
  }

  private List<String> children(String directory) throws IOException {
    List<String> keys = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(root.resolve(directory))) {
      for (Path entry : entries) {
        String key = directory + entry.getFileName();
        if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
          String below = key + "/";
          if (!key.equals(TempFiles.DIRECTORY) && mayHold(below)) {
            keys.add(below);
          }
        } else if (key.startsWith(prefix) && key.compareTo(startAfter) > 0) {
          keys.add(key);
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    keys.sort(null);
    return keys;
  }

  private boolean mayHold(String directory) {
    boolean onTheWay = directory.startsWith(prefix) || prefix.startsWith(directory);
    return onTheWay && (directory.compareTo(startAfter) > 0 || startAfter.startsWith(directory));
  }

  private void add(String key) throws IOException {
    BasicFileAttributes attributes;
    try {
      attributes = Files.readAttributes(
          root.resolve(key), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException e) {
      // Deleted since its directory was read: it is no longer part of the listing.
      return;
    }
    if (found.size() == limit) {
      hasMore = true;
    } else {
      found.add(new Listed(key, attributes.size(), attributes.lastModifiedTime().toMillis()));
    }
  }
}
