package io.streamhouse.metadata.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * One step of the schema.
 *
 * @param version from 1, without gaps
 * @param name of its file
 * @param sql its statements
 */
record Migration(int version, String name, String sql) {
  /** In order. A file is never changed once it is released: change the schema with another one. */
  private static final List<String> FILES = List.of(
      "V001__tables.sql",
      "V002__commit.sql",
      "V003__leases.sql",
      "V004__topics.sql",
      "V005__producers.sql");

  /** All steps this program knows. */
  static List<Migration> all() {
    return FILES.stream().map(Migration::load).toList();
  }

  /** SHA-256 of the statements, in hexadecimal digits. */
  String checksum() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(sql.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private static Migration load(String file) {
    try (InputStream in = Migration.class.getResourceAsStream("/db/" + file)) {
      if (in == null) {
        throw new IllegalStateException("db/" + file + " is not in the class path");
      }
      return new Migration(
          Integer.parseInt(file.substring(1, 4)),
          file,
          new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException("db/" + file + " cannot be read", e);
    }
  }
}
