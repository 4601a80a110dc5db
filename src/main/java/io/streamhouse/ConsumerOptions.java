package io.streamhouse;

import io.streamhouse.common.ConfigReader;
import io.streamhouse.common.Ranges;
import io.streamhouse.common.TopicNames;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.TreeSet;

/** Options of a {@link Consumer}. */
public final class ConsumerOptions {
  /** One agent on this machine, at the port that agents use by default. */
  public static final List<String> DEFAULT_BOOTSTRAP = AdminOptions.DEFAULT_BOOTSTRAP;

  /** Goes on waiting for new records at the end of the log. */
  public static final boolean DEFAULT_FOLLOW = true;

  /** Largest answer of one agent: 8 MiB. */
  public static final int DEFAULT_FETCH_BYTES_MAX = 8 << 20;

  /** How long an agent holds back an empty answer: 500 ms. */
  public static final int DEFAULT_FETCH_WAIT_MS = 500;

  /** Fetched and not yet delivered: 32 MiB. */
  public static final int DEFAULT_BUFFERED_BYTES_MAX = 32 << 20;

  /** How long a call may take beyond {@code fetchWaitMs}: 10 seconds. */
  public static final int DEFAULT_REQUEST_TIMEOUT_MS = 10_000;

  /** Longest delay before the first retry: 100 ms. */
  public static final int DEFAULT_RETRY_BACKOFF_MS = 100;

  /** Longest delay before any retry: 1 second. */
  public static final int DEFAULT_RETRY_BACKOFF_MAX_MS = 1_000;

  /** How long a partition may be out of reach before the consumer fails: 2 minutes. */
  public static final int DEFAULT_RETRY_TIMEOUT_MS = 120_000;

  /** How often leaders and partitions are looked up when nothing else asks for it: 30 seconds. */
  public static final int DEFAULT_METADATA_REFRESH_MS = 30_000;

  private List<String> bootstrap = DEFAULT_BOOTSTRAP;
  private String topic = "";
  private List<Integer> partitions = List.of();
  private StartPosition startPosition = StartPosition.earliest();
  private boolean follow = DEFAULT_FOLLOW;
  private int fetchBytesMax = DEFAULT_FETCH_BYTES_MAX;
  private int fetchWaitMs = DEFAULT_FETCH_WAIT_MS;
  private int bufferedBytesMax = DEFAULT_BUFFERED_BYTES_MAX;
  private int requestTimeoutMs = DEFAULT_REQUEST_TIMEOUT_MS;
  private int retryBackoffMs = DEFAULT_RETRY_BACKOFF_MS;
  private int retryBackoffMaxMs = DEFAULT_RETRY_BACKOFF_MAX_MS;
  private int retryTimeoutMs = DEFAULT_RETRY_TIMEOUT_MS;
  private int metadataRefreshMs = DEFAULT_METADATA_REFRESH_MS;

  /** The defaults; {@code topic} has none. */
  public ConsumerOptions() {}

  /** A copy. */
  public ConsumerOptions(ConsumerOptions other) {
    bootstrap = other.bootstrap;
    topic = other.topic;
    partitions = other.partitions;
    startPosition = other.startPosition;
    follow = other.follow;
    fetchBytesMax = other.fetchBytesMax;
    fetchWaitMs = other.fetchWaitMs;
    bufferedBytesMax = other.bufferedBytesMax;
    requestTimeoutMs = other.requestTimeoutMs;
    retryBackoffMs = other.retryBackoffMs;
    retryBackoffMaxMs = other.retryBackoffMaxMs;
    retryTimeoutMs = other.retryTimeoutMs;
    metadataRefreshMs = other.metadataRefreshMs;
  }

  /**
   * Options from JSON; absent keys keep their defaults. The start is one of {@code "startPosition": "earliest"} or
   * {@code "latest"}, {@code "startTimestampMs": 1700000000000}, {@code "startOffsets": {"0": 100}}.
   *
   * @throws StreamHouseException with {@link ErrorCode#INVALID_CONFIGURATION} for unknown keys and illegal values
   */
  public ConsumerOptions(JsonObject json) {
    new ConfigReader(json, "")
        .strings("bootstrap", this::setBootstrap)
        .string("topic", this::setTopic)
        .integers("partitions", this::setPartitions)
        .string("startPosition", name -> setStartPosition(named(name)))
        .number("startTimestampMs", time -> setStartPosition(StartPosition.timestamp(time)))
        .numbersByNumber("startOffsets", map -> setStartPosition(StartPosition.offsets(map)))
        .bool("follow", this::setFollow)
        .integer("fetchBytesMax", this::setFetchBytesMax)
        .integer("fetchWaitMs", this::setFetchWaitMs)
        .integer("bufferedBytesMax", this::setBufferedBytesMax)
        .integer("requestTimeoutMs", this::setRequestTimeoutMs)
        .integer("retryBackoffMs", this::setRetryBackoffMs)
        .integer("retryBackoffMaxMs", this::setRetryBackoffMaxMs)
        .integer("retryTimeoutMs", this::setRetryTimeoutMs)
        .integer("metadataRefreshMs", this::setMetadataRefreshMs)
        .finish();
    long starts =
        json.fieldNames().stream().filter(name -> name.startsWith("start")).count();
    if (starts > 1) {
      throw StreamHouseException.of(
          ErrorCode.INVALID_CONFIGURATION,
          "give one of startPosition, startTimestampMs and startOffsets, not " + starts);
    }
  }

  /** These options as JSON. */
  public JsonObject toJson() {
    JsonObject json = new JsonObject()
        .put("bootstrap", new JsonArray(bootstrap))
        .put("topic", topic)
        .put("partitions", new JsonArray(partitions))
        .put("follow", follow)
        .put("fetchBytesMax", fetchBytesMax)
        .put("fetchWaitMs", fetchWaitMs)
        .put("bufferedBytesMax", bufferedBytesMax)
        .put("requestTimeoutMs", requestTimeoutMs)
        .put("retryBackoffMs", retryBackoffMs)
        .put("retryBackoffMaxMs", retryBackoffMaxMs)
        .put("retryTimeoutMs", retryTimeoutMs)
        .put("metadataRefreshMs", metadataRefreshMs);
    if (startPosition instanceof StartPosition.Timestamp start) {
      return json.put("startTimestampMs", start.timestampMs());
    }
    if (startPosition instanceof StartPosition.Offsets start) {
      JsonObject offsets = new JsonObject();
      start.offsets().forEach((partition, offset) -> offsets.put(partition.toString(), offset));
      return json.put("startOffsets", offsets);
    }
    boolean latest = startPosition instanceof StartPosition.Latest;
    return json.put("startPosition", latest ? "latest" : "earliest");
  }

  /**
   * Refuses options that contradict each other.
   *
   * @throws StreamHouseException with {@link ErrorCode#INVALID_CONFIGURATION}, or {@link ErrorCode#INVALID_TOPIC}
   */
  public void validate() {
    TopicNames.validate(topic);
    if (fetchBytesMax > bufferedBytesMax) {
      throw StreamHouseException.of(
          ErrorCode.INVALID_CONFIGURATION,
          "fetchBytesMax (" + fetchBytesMax + ") must not be larger than bufferedBytesMax ("
              + bufferedBytesMax + ")");
    }
    if (retryBackoffMs > retryBackoffMaxMs) {
      throw StreamHouseException.of(
          ErrorCode.INVALID_CONFIGURATION,
          "retryBackoffMs (" + retryBackoffMs + ") must not be larger than retryBackoffMaxMs ("
              + retryBackoffMaxMs + ")");
    }
  }

  public List<String> getBootstrap() {
    return bootstrap;
  }

  /** Agents to ask first, as {@code host:port}: name several, so that any of them may be down. */
  public ConsumerOptions setBootstrap(List<String> bootstrap) {
    this.bootstrap = BootstrapList.validate(bootstrap);
    return this;
  }

  public String getTopic() {
    return topic;
  }

  /** The topic to read; required. */
  public ConsumerOptions setTopic(String topic) {
    this.topic = topic;
    return this;
  }

  public List<Integer> getPartitions() {
    return partitions;
  }

  /** The partitions to read; empty: all, also those added later. */
  public ConsumerOptions setPartitions(List<Integer> partitions) {
    for (int partition : partitions) {
      Ranges.require("partition", partition, 0, Integer.MAX_VALUE);
    }
    this.partitions = List.copyOf(new TreeSet<>(partitions));
    return this;
  }

  public StartPosition getStartPosition() {
    return startPosition;
  }

  /** Where reading begins; the default is the first record that can be read. */
  public ConsumerOptions setStartPosition(StartPosition startPosition) {
    this.startPosition = startPosition;
    return this;
  }

  public boolean isFollow() {
    return follow;
  }

  /** True: wait for new records for ever. False: end at the offsets that are the log's end at the start. */
  public ConsumerOptions setFollow(boolean follow) {
    this.follow = follow;
    return this;
  }

  public int getFetchBytesMax() {
    return fetchBytesMax;
  }

  /** Largest answer of one agent, 1 KiB to 32 MiB; a single larger batch comes all the same. Less saves memory. */
  public ConsumerOptions setFetchBytesMax(int fetchBytesMax) {
    this.fetchBytesMax = Ranges.require("fetchBytesMax", fetchBytesMax, 1 << 10, 32 << 20);
    return this;
  }

  public int getFetchWaitMs() {
    return fetchWaitMs;
  }

  /** How long an agent holds back an empty answer, 0 to 30,000 ms: longer means fewer idle calls, no later records. */
  public ConsumerOptions setFetchWaitMs(int fetchWaitMs) {
    this.fetchWaitMs = Ranges.require("fetchWaitMs", fetchWaitMs, 0, 30_000);
    return this;
  }

  public int getBufferedBytesMax() {
    return bufferedBytesMax;
  }

  /** How much is fetched ahead of the handler, 1 KiB to 1 GiB: more hides the time a fetch takes. */
  public ConsumerOptions setBufferedBytesMax(int bufferedBytesMax) {
    this.bufferedBytesMax = Ranges.require("bufferedBytesMax", bufferedBytesMax, 1 << 10, 1 << 30);
    return this;
  }

  public int getRequestTimeoutMs() {
    return requestTimeoutMs;
  }

  /** How long a call may take beyond {@code fetchWaitMs}, 100 to 600,000 ms. */
  public ConsumerOptions setRequestTimeoutMs(int requestTimeoutMs) {
    this.requestTimeoutMs = Ranges.require("requestTimeoutMs", requestTimeoutMs, 100, 600_000);
    return this;
  }

  public int getRetryBackoffMs() {
    return retryBackoffMs;
  }

  /** Longest delay before the first retry, 1 to 60,000 ms; it doubles with each failure in a row. */
  public ConsumerOptions setRetryBackoffMs(int retryBackoffMs) {
    this.retryBackoffMs = Ranges.require("retryBackoffMs", retryBackoffMs, 1, 60_000);
    return this;
  }

  public int getRetryBackoffMaxMs() {
    return retryBackoffMaxMs;
  }

  /** Longest delay before any retry, 1 to 60,000 ms. */
  public ConsumerOptions setRetryBackoffMaxMs(int retryBackoffMaxMs) {
    this.retryBackoffMaxMs = Ranges.require("retryBackoffMaxMs", retryBackoffMaxMs, 1, 60_000);
    return this;
  }

  public int getRetryTimeoutMs() {
    return retryTimeoutMs;
  }

  /** How long a partition may be out of reach before the consumer fails, in ms; 0: it never gives up. */
  public ConsumerOptions setRetryTimeoutMs(int retryTimeoutMs) {
    this.retryTimeoutMs = Ranges.require("retryTimeoutMs", retryTimeoutMs, 0, Integer.MAX_VALUE);
    return this;
  }

  public int getMetadataRefreshMs() {
    return metadataRefreshMs;
  }

  /** How often leaders and partitions are looked up anyway, 1,000 to 3,600,000 ms: how soon new partitions are seen. */
  public ConsumerOptions setMetadataRefreshMs(int metadataRefreshMs) {
    this.metadataRefreshMs =
        Ranges.require("metadataRefreshMs", metadataRefreshMs, 1_000, 3_600_000);
    return this;
  }

  private static StartPosition named(String name) {
    return switch (name) {
      case "earliest" -> StartPosition.earliest();
      case "latest" -> StartPosition.latest();
      default -> throw new IllegalArgumentException("must be \"earliest\" or \"latest\"");
    };
  }
}
