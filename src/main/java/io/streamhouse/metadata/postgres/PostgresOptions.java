package io.streamhouse.metadata.postgres;

import io.streamhouse.common.ConfigReader;
import io.streamhouse.common.Ranges;
import io.vertx.core.json.JsonObject;
import io.vertx.pgclient.SslMode;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How an agent reaches its metadata store. The password never appears in {@link #toJson()} or {@link #toString()}.
 *
 * <p>The server-side limits follow from the deadlines here: a statement gets three quarters of the shorter one, a wait
 * for a lock one quarter, so that the server gives up, and says so, before the client has to guess.
 */
public class PostgresOptions {
  /** Where a PostgreSQL of the same machine listens. */
  public static final String DEFAULT_URI = "postgresql://localhost:5432/streamhouse";

  /** Encrypted when the server can, as PostgreSQL's own clients do. */
  public static final String DEFAULT_SSL_MODE = "prefer";

  /** Connections of one agent. */
  public static final int DEFAULT_POOL_SIZE = 4;

  /** How long the first connection is tried for, in milliseconds. */
  public static final long DEFAULT_CONNECT_TIMEOUT_MS = 10_000;

  /** Deadline of a call, in milliseconds. */
  public static final long DEFAULT_CALL_TIMEOUT_MS = 4_000;

  /** Deadline of a commit, in milliseconds. */
  public static final long DEFAULT_COMMIT_TIMEOUT_MS = 4_000;

  /** How the server's statistics views name this program. */
  public static final String DEFAULT_APPLICATION_NAME = "streamhouse";

  private static final String MASK = "***";
  private static final int DEFAULT_PORT = 5432;
  private static final String DEFAULT_USER = "streamhouse";
  private static final Set<String> SSL_MODES =
      Set.of("disable", "prefer", "require", "verify-ca", "verify-full");

  private URI uri = URI.create(DEFAULT_URI);
  private @Nullable String user;
  private @Nullable String password;
  private String sslMode = DEFAULT_SSL_MODE;
  private @Nullable String caFile;
  private int poolSize = DEFAULT_POOL_SIZE;
  private long connectTimeoutMs = DEFAULT_CONNECT_TIMEOUT_MS;
  private long callTimeoutMs = DEFAULT_CALL_TIMEOUT_MS;
  private long commitTimeoutMs = DEFAULT_COMMIT_TIMEOUT_MS;
  private boolean allowUnsafeDurability;
  private String applicationName = DEFAULT_APPLICATION_NAME;

  /** Creates options with the defaults. */
  public PostgresOptions() {}

  /** Copies options. */
  public PostgresOptions(PostgresOptions other) {
    uri = other.uri;
    user = other.user;
    password = other.password;
    sslMode = other.sslMode;
    caFile = other.caFile;
    poolSize = other.poolSize;
    connectTimeoutMs = other.connectTimeoutMs;
    callTimeoutMs = other.callTimeoutMs;
    commitTimeoutMs = other.commitTimeoutMs;
    allowUnsafeDurability = other.allowUnsafeDurability;
    applicationName = other.applicationName;
  }

  /** Reads options from JSON; refuses unknown keys and illegal values. */
  public PostgresOptions(JsonObject json) {
    this(new ConfigReader(json, ""));
  }

  /** Reads options; refuses unknown keys and illegal values. */
  public PostgresOptions(ConfigReader reader) {
    reader
        .string("uri", this::setUri)
        .string("user", this::setUser)
        .string("password", this::setPassword)
        .string("sslMode", this::setSslMode)
        .string("caFile", this::setCaFile)
        .integer("poolSize", this::setPoolSize)
        .number("connectTimeoutMs", this::setConnectTimeoutMs)
        .number("callTimeoutMs", this::setCallTimeoutMs)
        .number("commitTimeoutMs", this::setCommitTimeoutMs)
        .bool("allowUnsafeDurability", this::setAllowUnsafeDurability)
        .string("applicationName", this::setApplicationName)
        .finish();
  }

  /** All options; a password is there as {@code ***} only, also one inside the URI. */
  public JsonObject toJson() {
    JsonObject json = new JsonObject().put("uri", maskedUri()).put("sslMode", sslMode);
    if (user != null) {
      json.put("user", user);
    }
    if (password != null) {
      json.put("password", MASK);
    }
    if (caFile != null) {
      json.put("caFile", caFile);
    }
    return json.put("poolSize", poolSize)
        .put("connectTimeoutMs", connectTimeoutMs)
        .put("callTimeoutMs", callTimeoutMs)
        .put("commitTimeoutMs", commitTimeoutMs)
        .put("allowUnsafeDurability", allowUnsafeDurability)
        .put("applicationName", applicationName);
  }

  @Override
  public String toString() {
    return toJson().encode();
  }

  /** {@code postgresql://[user[:password]@]host[:port][/database]}, the password masked. */
  public String getUri() {
    return maskedUri();
  }

  /**
   * Sets {@code postgresql://[user[:password]@]host[:port][/database]}. The defaults are port 5432 and database
   * {@code streamhouse}. Everything else has an option of its own here: a query part is refused.
   */
  public PostgresOptions setUri(String uri) {
    URI parsed;
    try {
      parsed = new URI(uri);
    } catch (URISyntaxException e) {
      // Not the text itself, and not the cause, whose message holds it: it may contain a password.
      throw new IllegalArgumentException(
          "uri is malformed at character " + e.getIndex() + ": use " + DEFAULT_URI);
    }
    boolean scheme =
        "postgresql".equals(parsed.getScheme()) || "postgres".equals(parsed.getScheme());
    if (!scheme || parsed.getHost() == null) {
      throw new IllegalArgumentException(
          "uri must be postgresql://user@host:port/database, for example " + DEFAULT_URI);
    }
    if (parsed.getRawQuery() != null || parsed.getRawFragment() != null) {
      throw new IllegalArgumentException(
          "uri must end with the database: sslMode, caFile and the like are options of their own");
    }
    this.uri = parsed;
    return this;
  }

  /** The user's name: the one set here, else the URI's, else {@code streamhouse}. */
  public String getUser() {
    String[] info = userInfo();
    return user != null ? user : info[0].isEmpty() ? DEFAULT_USER : info[0];
  }

  /** Sets the user; goes before the one in the URI. */
  public PostgresOptions setUser(String user) {
    this.user = requireText("user", user);
    return this;
  }

  /** Whether there is a password. */
  public boolean hasPassword() {
    return !secret().isEmpty();
  }

  /** Sets the password; goes before the one in the URI. Better given by the environment than by a file. */
  public PostgresOptions setPassword(String password) {
    this.password = password;
    return this;
  }

  public String getSslMode() {
    return sslMode;
  }

  /**
   * Sets how the connection is encrypted: {@code disable}; {@code prefer}: when the server can, without looking at its
   * certificate; {@code require}: always, without looking at its certificate; {@code verify-ca}: certificate signed by
   * {@code caFile}; {@code verify-full}: and for this host. Across a network that others use, only the last one protects.
   */
  public PostgresOptions setSslMode(String sslMode) {
    if (!SSL_MODES.contains(sslMode)) {
      throw new IllegalArgumentException(
          "sslMode must be one of disable, prefer, require, verify-ca, verify-full");
    }
    this.sslMode = sslMode;
    return this;
  }

  public @Nullable String getCaFile() {
    return caFile;
  }

  /** Sets the file with the certificates (PEM) that {@code verify-ca} and {@code verify-full} trust. */
  public PostgresOptions setCaFile(String caFile) {
    this.caFile = requireText("caFile", caFile);
    return this;
  }

  public int getPoolSize() {
    return poolSize;
  }

  /**
   * Sets the number of connections, 2 to 100. One of them is always kept free for commits and heartbeats. More helps
   * when many fetches look up old offsets at once.
   */
  public PostgresOptions setPoolSize(int poolSize) {
    this.poolSize = Ranges.require("poolSize", poolSize, 2, 100);
    return this;
  }

  public long getConnectTimeoutMs() {
    return connectTimeoutMs;
  }

  /** Sets how long an agent that starts waits for the database, 100 ms to 10 minutes. */
  public PostgresOptions setConnectTimeoutMs(long connectTimeoutMs) {
    this.connectTimeoutMs = Ranges.require("connectTimeoutMs", connectTimeoutMs, 100, 600_000);
    return this;
  }

  public long getCallTimeoutMs() {
    return callTimeoutMs;
  }

  /** Sets the deadline of each call but a commit, waiting for a connection included, 100 ms to 10 minutes. */
  public PostgresOptions setCallTimeoutMs(long callTimeoutMs) {
    this.callTimeoutMs = Ranges.require("callTimeoutMs", callTimeoutMs, 100, 600_000);
    return this;
  }

  public long getCommitTimeoutMs() {
    return commitTimeoutMs;
  }

  /**
   * Sets the deadline of a commit, 100 ms to 10 minutes. Behind it the outcome counts as unknown and is settled by a
   * claim; lower it to notice a cut network sooner, raise it for a slow disk or a synchronous standby far away.
   */
  public PostgresOptions setCommitTimeoutMs(long commitTimeoutMs) {
    this.commitTimeoutMs = Ranges.require("commitTimeoutMs", commitTimeoutMs, 100, 600_000);
    return this;
  }

  public boolean isAllowUnsafeDurability() {
    return allowUnsafeDurability;
  }

  /**
   * Accepts a server that runs without fsync, full_page_writes or synchronous_commit. It loses acknowledged records
   * when its machine crashes: for experiments only.
   */
  public PostgresOptions setAllowUnsafeDurability(boolean allowUnsafeDurability) {
    this.allowUnsafeDurability = allowUnsafeDurability;
    return this;
  }

  public String getApplicationName() {
    return applicationName;
  }

  /** Sets the name in {@code pg_stat_activity}; an agent adds its own. PostgreSQL keeps 63 bytes of it. */
  public PostgresOptions setApplicationName(String applicationName) {
    this.applicationName = requireText("applicationName", applicationName);
    return this;
  }

  String host() {
    String host = uri.getHost();
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  int port() {
    return uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort();
  }

  String database() {
    String path = uri.getPath();
    return path == null || path.length() < 2 ? "streamhouse" : path.substring(1);
  }

  /** The password itself, empty for none. */
  String secret() {
    return password != null ? password : userInfo()[1];
  }

  SslMode vertxSslMode() {
    return SslMode.of(sslMode);
  }

  /** Host, port and database: fit for logs. */
  String place() {
    return uri.getHost() + ":" + port() + "/" + database();
  }

  private String[] userInfo() {
    String info = uri.getUserInfo();
    int colon = info == null ? -1 : info.indexOf(':');
    if (info == null) {
      return new String[] {"", ""};
    }
    return colon < 0
        ? new String[] {info, ""}
        : new String[] {info.substring(0, colon), info.substring(colon + 1)};
  }

  private String maskedUri() {
    String raw = uri.getRawUserInfo();
    String login =
        raw == null ? "" : (raw.contains(":") ? raw.replaceFirst(":.*", ":" + MASK) : raw) + "@";
    return "postgresql://" + login + uri.getHost() + ":" + port() + "/" + database();
  }

  private static String requireText(String name, String value) {
    if (value.isBlank()) {
      throw new IllegalArgumentException(name + " must not be empty");
    }
    return value;
  }
}
