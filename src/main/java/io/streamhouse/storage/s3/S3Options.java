package io.streamhouse.storage.s3;

import io.streamhouse.ErrorCode;
import io.streamhouse.StreamHouseException;
import io.streamhouse.common.ConfigReader;
import io.streamhouse.common.Ranges;
import io.streamhouse.storage.RequestRules;
import io.streamhouse.storage.StorageException;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Where the bucket is and how patiently it is asked. Only the bucket has no default. */
public class S3Options {
  /** The region that requests are signed for, {@code us-east-1}; most other servers take it too. */
  public static final String DEFAULT_REGION = "us-east-1";

  /** No prefix: keys begin at the bucket's root. */
  public static final String DEFAULT_PREFIX = "";

  /** The bucket's name is part of the host name, as AWS wants it. */
  public static final boolean DEFAULT_PATH_STYLE = false;

  /** 32 connections. */
  public static final int DEFAULT_MAX_CONNECTIONS = 32;

  /**
   * 3000 ms for an attempt: far above what a healthy store takes for a segment, and four of them fit in a call, so that
   * one hung connection does not use up the call.
   */
  public static final int DEFAULT_ATTEMPT_TIMEOUT_MS = 3_000;

  /** 12000 ms for a call with all its attempts. */
  public static final int DEFAULT_CALL_TIMEOUT_MS = 12_000;

  /** 1000 ms for connecting. */
  public static final int DEFAULT_CONNECT_TIMEOUT_MS = 1_000;

  /** What is shown instead of the secret. */
  static final String MASK = "***";

  private static final int TIMEOUT_MIN_MS = 100;
  private static final int TIMEOUT_MAX_MS = 600_000;
  private static final int CONNECTIONS_MAX = 10_000;
  private static final Pattern BUCKET =
      Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9._-]{1,61}[a-zA-Z0-9]");
  private static final Pattern REGION = Pattern.compile("[a-zA-Z0-9-]{1,64}");

  private @Nullable URI endpoint;
  private String region = DEFAULT_REGION;
  private String bucket = "";
  private String prefix = DEFAULT_PREFIX;
  private boolean pathStyle = DEFAULT_PATH_STYLE;
  private @Nullable String accessKeyId;
  private @Nullable String secretAccessKey;
  private int maxConnections = DEFAULT_MAX_CONNECTIONS;
  private int attemptTimeoutMs = DEFAULT_ATTEMPT_TIMEOUT_MS;
  private int callTimeoutMs = DEFAULT_CALL_TIMEOUT_MS;
  private int connectTimeoutMs = DEFAULT_CONNECT_TIMEOUT_MS;

  /** The defaults, without a bucket. */
  public S3Options() {}

  /** A copy. */
  public S3Options(S3Options other) {
    endpoint = other.endpoint;
    region = other.region;
    bucket = other.bucket;
    prefix = other.prefix;
    pathStyle = other.pathStyle;
    accessKeyId = other.accessKeyId;
    secretAccessKey = other.secretAccessKey;
    maxConnections = other.maxConnections;
    attemptTimeoutMs = other.attemptTimeoutMs;
    callTimeoutMs = other.callTimeoutMs;
    connectTimeoutMs = other.connectTimeoutMs;
  }

  /**
   * Reads all options and refuses unknown ones; see also {@link #validate()}.
   *
   * @throws StreamHouseException {@code INVALID_CONFIGURATION}
   */
  public S3Options(ConfigReader reader) {
    reader
        .string("endpoint", value -> endpoint = checkedEndpoint(value))
        .string("region", value -> region = checkedRegion(value))
        .string("bucket", value -> bucket = checkedBucket(value))
        .string("prefix", value -> prefix = checkedPrefix(value))
        .bool("pathStyle", value -> pathStyle = value)
        .string("accessKeyId", value -> accessKeyId = value)
        // Never refused here: the reader would repeat it in its message.
        .string("secretAccessKey", value -> secretAccessKey = value)
        .integer("maxConnections", value -> maxConnections = checkedConnections(value))
        .integer(
            "attemptTimeoutMs", value -> attemptTimeoutMs = checkedMs("attemptTimeoutMs", value))
        .integer("callTimeoutMs", value -> callTimeoutMs = checkedMs("callTimeoutMs", value))
        .integer(
            "connectTimeoutMs", value -> connectTimeoutMs = checkedMs("connectTimeoutMs", value))
        .finish();
  }

  /**
   * Checks what only shows when all options are set.
   *
   * @throws StreamHouseException {@code INVALID_CONFIGURATION}, naming the options
   */
  public void validate() {
    require(!bucket.isEmpty(), "bucket is required");
    require(
        (accessKeyId == null) == (secretAccessKey == null),
        "accessKeyId and secretAccessKey are given both or not at all"
            + " (then the AWS default chain supplies them)");
    require(isCredential(accessKeyId), "accessKeyId is empty or has white space in it");
    require(isCredential(secretAccessKey), "secretAccessKey is empty or has white space in it");
    require(!MASK.equals(secretAccessKey), "secretAccessKey is the mask of printed options");
    require(
        connectTimeoutMs <= attemptTimeoutMs && attemptTimeoutMs <= callTimeoutMs,
        "connectTimeoutMs (%d) <= attemptTimeoutMs (%d) <= callTimeoutMs (%d) must hold"
            .formatted(connectTimeoutMs, attemptTimeoutMs, callTimeoutMs));
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw StreamHouseException.of(ErrorCode.INVALID_CONFIGURATION, "s3: " + message);
    }
  }

  private static boolean isCredential(@Nullable String text) {
    return text == null || (!text.isEmpty() && text.chars().allMatch(c -> c > ' ' && c < 0x7f));
  }

  /** The server, or null for AWS. */
  public @Nullable String getEndpoint() {
    return endpoint == null ? null : endpoint.toString();
  }

  /**
   * Sets the server: {@code http(s)://host[:port]}, for a store other than AWS. Over https the certificate and the host
   * name are verified against the JVM's trust store.
   */
  public S3Options setEndpoint(@Nullable String endpoint) {
    this.endpoint = endpoint == null ? null : checkedEndpoint(endpoint);
    return this;
  }

  public String getRegion() {
    return region;
  }

  /** Sets the region that requests are signed for. */
  public S3Options setRegion(String region) {
    this.region = checkedRegion(region);
    return this;
  }

  /** The bucket; empty when it has not been set. */
  public String getBucket() {
    return bucket;
  }

  /** Sets the bucket, which must exist: it is never created. */
  public S3Options setBucket(String bucket) {
    this.bucket = checkedBucket(bucket);
    return this;
  }

  /** The prefix, empty or with a slash at its end. */
  public String getPrefix() {
    return prefix;
  }

  /** Sets what is put before all keys, to share a bucket; a slash at its end is added if it is missing. */
  public S3Options setPrefix(String prefix) {
    this.prefix = checkedPrefix(prefix);
    return this;
  }

  public boolean isPathStyle() {
    return pathStyle;
  }

  /** Sets whether the bucket is named in the path, for servers whose host name has no wildcard entry in the DNS. */
  public S3Options setPathStyle(boolean pathStyle) {
    this.pathStyle = pathStyle;
    return this;
  }

  public @Nullable String getAccessKeyId() {
    return accessKeyId;
  }

  /** Sets the access key id, together with the secret. Without both, the AWS default chain supplies them. */
  public S3Options setAccessKeyId(@Nullable String accessKeyId) {
    this.accessKeyId = accessKeyId;
    return this;
  }

  public @Nullable String getSecretAccessKey() {
    return secretAccessKey;
  }

  /** Sets the secret that belongs to the access key id. */
  public S3Options setSecretAccessKey(@Nullable String secretAccessKey) {
    this.secretAccessKey = secretAccessKey;
    return this;
  }

  public int getMaxConnections() {
    return maxConnections;
  }

  /** Sets how many connections are kept, 1 to 10000; further requests wait, within their time-outs. */
  public S3Options setMaxConnections(int maxConnections) {
    this.maxConnections = checkedConnections(maxConnections);
    return this;
  }

  public int getAttemptTimeoutMs() {
    return attemptTimeoutMs;
  }

  /** Sets how long an attempt may take, 100 to 600000 ms. Raise it for slow links: a whole segment must fit. */
  public S3Options setAttemptTimeoutMs(int attemptTimeoutMs) {
    this.attemptTimeoutMs = checkedMs("attemptTimeoutMs", attemptTimeoutMs);
    return this;
  }

  public int getCallTimeoutMs() {
    return callTimeoutMs;
  }

  /** Sets how long a call with all its attempts and pauses may take, 100 to 600000 ms. */
  public S3Options setCallTimeoutMs(int callTimeoutMs) {
    this.callTimeoutMs = checkedMs("callTimeoutMs", callTimeoutMs);
    return this;
  }

  public int getConnectTimeoutMs() {
    return connectTimeoutMs;
  }

  /** Sets how long connecting may take, 100 to 600000 ms. */
  public S3Options setConnectTimeoutMs(int connectTimeoutMs) {
    this.connectTimeoutMs = checkedMs("connectTimeoutMs", connectTimeoutMs);
    return this;
  }

  /** The options without the secret, for people to read. */
  public JsonObject toJson() {
    return toJson(true);
  }

  /**
   * The options.
   *
   * @param masked whether {@code ***} stands for the secret; false only to pass the options on
   */
  public JsonObject toJson(boolean masked) {
    JsonObject json = new JsonObject();
    putUnlessNull(json, "endpoint", getEndpoint());
    json.put("region", region)
        .put("bucket", bucket)
        .put("prefix", prefix)
        .put("pathStyle", pathStyle);
    putUnlessNull(json, "accessKeyId", accessKeyId);
    putUnlessNull(
        json, "secretAccessKey", masked && secretAccessKey != null ? MASK : secretAccessKey);
    return json.put("maxConnections", maxConnections)
        .put("attemptTimeoutMs", attemptTimeoutMs)
        .put("callTimeoutMs", callTimeoutMs)
        .put("connectTimeoutMs", connectTimeoutMs);
  }

  private static void putUnlessNull(JsonObject json, String key, @Nullable String value) {
    if (value != null) {
      json.put(key, value);
    }
  }

  @Override
  public String toString() {
    return toJson().encode();
  }

  private static URI checkedEndpoint(String text) {
    URI uri = URI.create(text);
    boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
    boolean onlyHost = uri.getUserInfo() == null
        && uri.getQuery() == null
        && uri.getFragment() == null
        && (String.valueOf(uri.getPath()).isEmpty() || "/".equals(uri.getPath()));
    if (!http
        || uri.getHost() == null
        || !onlyHost
        || uri.getPort() == 0
        || uri.getPort() > 65_535) {
      throw new IllegalArgumentException("endpoint must be http(s)://host[:port]");
    }
    return uri;
  }

  private static String checkedRegion(String region) {
    return matching(REGION, region, "region must be 1 to 64 of a-z 0-9 -");
  }

  private static String checkedBucket(String bucket) {
    return matching(BUCKET, bucket, "bucket must be 3 to 63 of a-z A-Z 0-9 . _ -");
  }

  private static String matching(Pattern pattern, String text, String message) {
    if (!pattern.matcher(text).matches()) {
      throw new IllegalArgumentException(message);
    }
    return text;
  }

  private static String checkedPrefix(String prefix) {
    if (prefix.isEmpty()) {
      return prefix;
    }
    String folder = prefix.endsWith("/") ? prefix.substring(0, prefix.length() - 1) : prefix;
    StorageException refused = RequestRules.key(folder);
    if (refused != null) {
      throw new IllegalArgumentException(
          "prefix must be allowed as a key, but " + refused.getMessage());
    }
    return folder + "/";
  }

  private static int checkedConnections(int value) {
    return Ranges.require("maxConnections", value, 1, CONNECTIONS_MAX);
  }

  private static int checkedMs(String name, int value) {
    return Ranges.require(name, value, TIMEOUT_MIN_MS, TIMEOUT_MAX_MS);
  }
}
