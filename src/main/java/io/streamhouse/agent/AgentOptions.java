package io.streamhouse.agent;

import io.streamhouse.ErrorCode;
import io.streamhouse.StreamHouseException;
import io.streamhouse.common.AgentAddress;
import io.streamhouse.common.ConfigReader;
import io.streamhouse.common.Ranges;
import io.streamhouse.metadata.postgres.PostgresOptions;
import io.streamhouse.record.BatchLimits;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.UUID;

/**
 * Options of an agent. Read from JSON strictly: an unknown key, a wrong type or a value out of range is an error that
 * names the key.
 */
public class AgentOptions {
  /** {@value}: names the environment variable with the database's password. */
  public static final String PASSWORD_VARIABLE = "STREAMHOUSE_PG_PASSWORD";
  /** {@value}: all interfaces. */
  public static final String DEFAULT_HOST = "0.0.0.0";
  /** {@value}. */
  public static final int DEFAULT_PORT = AgentAddress.DEFAULT_PORT;
  /** {@value} bytes: large enough that a PUT's price and latency are well spent. */
  public static final int DEFAULT_FLUSH_BYTES_MAX = 8 << 20;
  /** {@value} ms: at S3's prices a PUT each tenth of a second costs an agent about 130 dollars a month. */
  public static final int DEFAULT_FLUSH_INTERVAL_MS = 100;
  /** {@value}: as many segments as fit into a PUT's latency at full rate. */
  public static final int DEFAULT_UPLOADS_IN_FLIGHT_MAX = 8;
  /** {@value} ms. */
  public static final int DEFAULT_SESSION_TTL_MS = 10_000;
  /** {@value} bytes. */
  public static final long DEFAULT_BUFFER_BYTES_MAX = 256L << 20;
  /** {@value} bytes. */
  public static final long DEFAULT_TAIL_CACHE_BYTES_MAX = 128L << 20;
  /** {@value} bytes. */
  public static final long DEFAULT_CHUNK_CACHE_BYTES_MAX = 64L << 20;
  /** {@value} ms. */
  public static final int DEFAULT_DRAIN_TIMEOUT_MS = 20_000;

  private String agentId = "agent-" + UUID.randomUUID();
  private String host = DEFAULT_HOST;
  private int port = DEFAULT_PORT;
  private String advertisedAddress = "";
  private String zone = "";
  private PostgresOptions metadata = new PostgresOptions();
  private StorageOptions storage = new StorageOptions();
  private int flushBytesMax = DEFAULT_FLUSH_BYTES_MAX;
  private int flushIntervalMs = DEFAULT_FLUSH_INTERVAL_MS;
  private int uploadsInFlightMax = DEFAULT_UPLOADS_IN_FLIGHT_MAX;
  private int sessionTtlMs = DEFAULT_SESSION_TTL_MS;
  private long bufferBytesMax = DEFAULT_BUFFER_BYTES_MAX;
  private long tailCacheBytesMax = DEFAULT_TAIL_CACHE_BYTES_MAX;
  private long chunkCacheBytesMax = DEFAULT_CHUNK_CACHE_BYTES_MAX;
  private int drainTimeoutMs = DEFAULT_DRAIN_TIMEOUT_MS;
  private int batchBytesMax = BatchLimits.DEFAULT.batchBytesMax();
  private int recordBytesMax = BatchLimits.DEFAULT.recordBytesMax();
  private int uncompressedBytesMax = BatchLimits.DEFAULT.uncompressedBytesMax();
  private int headersMax = BatchLimits.DEFAULT.headersMax();

  /** Default options: they lack a database and an object store. */
  public AgentOptions() {}

  /** A copy. */
  public AgentOptions(AgentOptions other) {
    agentId = other.agentId;
    host = other.host;
    port = other.port;
    advertisedAddress = other.advertisedAddress;
    zone = other.zone;
    metadata = new PostgresOptions(other.metadata);
    storage = new StorageOptions(other.storage);
    flushBytesMax = other.flushBytesMax;
    flushIntervalMs = other.flushIntervalMs;
    uploadsInFlightMax = other.uploadsInFlightMax;
    sessionTtlMs = other.sessionTtlMs;
    bufferBytesMax = other.bufferBytesMax;
    tailCacheBytesMax = other.tailCacheBytesMax;
    chunkCacheBytesMax = other.chunkCacheBytesMax;
    drainTimeoutMs = other.drainTimeoutMs;
    batchBytesMax = other.batchBytesMax;
    recordBytesMax = other.recordBytesMax;
    uncompressedBytesMax = other.uncompressedBytesMax;
    headersMax = other.headersMax;
  }

  /**
   * Reads options.
   *
   * @throws StreamHouseException with {@link ErrorCode#INVALID_CONFIGURATION}
   */
  public AgentOptions(JsonObject json) {
    ConfigReader reader = new ConfigReader(json, "")
        .string("agentId", this::setAgentId)
        .string("host", this::setHost)
        .integer("port", this::setPort)
        .string("advertisedAddress", this::setAdvertisedAddress)
        .string("zone", this::setZone)
        .object("metadata", child -> setMetadata(new PostgresOptions(child)))
        .object("storage", child -> setStorage(new StorageOptions(child)))
        .integer("flushBytesMax", this::setFlushBytesMax)
        .integer("flushIntervalMs", this::setFlushIntervalMs)
        .integer("uploadsInFlightMax", this::setUploadsInFlightMax)
        .integer("sessionTtlMs", this::setSessionTtlMs)
        .number("bufferBytesMax", this::setBufferBytesMax)
        .number("tailCacheBytesMax", this::setTailCacheBytesMax)
        .number("chunkCacheBytesMax", this::setChunkCacheBytesMax)
        .integer("drainTimeoutMs", this::setDrainTimeoutMs)
        .integer("batchBytesMax", this::setBatchBytesMax)
        .integer("recordBytesMax", this::setRecordBytesMax)
        .integer("uncompressedBytesMax", this::setUncompressedBytesMax)
        .integer("headersMax", this::setHeadersMax);
    reader.finish();
  }

  /** All options as JSON; secrets are masked. */
  public JsonObject toJson() {
    return new JsonObject()
        .put("agentId", agentId)
        .put("host", host)
        .put("port", port)
        .put("advertisedAddress", advertisedAddress)
        .put("zone", zone)
        .put("metadata", metadata.toJson())
        .put("storage", storage.toJson())
        .put("flushBytesMax", flushBytesMax)
        .put("flushIntervalMs", flushIntervalMs)
        .put("uploadsInFlightMax", uploadsInFlightMax)
        .put("sessionTtlMs", sessionTtlMs)
        .put("bufferBytesMax", bufferBytesMax)
        .put("tailCacheBytesMax", tailCacheBytesMax)
        .put("chunkCacheBytesMax", chunkCacheBytesMax)
        .put("drainTimeoutMs", drainTimeoutMs)
        .put("batchBytesMax", batchBytesMax)
        .put("recordBytesMax", recordBytesMax)
        .put("uncompressedBytesMax", uncompressedBytesMax)
        .put("headersMax", headersMax);
  }

  /**
   * Checks options against each other.
   *
   * @throws StreamHouseException with {@link ErrorCode#INVALID_CONFIGURATION}, naming both
   */
  public AgentOptions validate() {
    if (recordBytesMax > batchBytesMax) {
      throw contradiction("recordBytesMax", recordBytesMax, "batchBytesMax", batchBytesMax);
    }
    if (batchBytesMax > uncompressedBytesMax) {
      throw contradiction(
          "batchBytesMax", batchBytesMax, "uncompressedBytesMax", uncompressedBytesMax);
    }
    if (flushBytesMax > bufferBytesMax) {
      throw contradiction("flushBytesMax", flushBytesMax, "bufferBytesMax", bufferBytesMax);
    }
    storage.validate();
    return this;
  }

  private static StreamHouseException contradiction(
      String small, long value, String large, long bound) {
    return StreamHouseException.of(
        ErrorCode.INVALID_CONFIGURATION,
        "option " + small + " (" + value + ") must not be above " + large + " (" + bound + ")");
  }

  /**
   * Takes secrets from the environment, which go before those of a file: {@value #PASSWORD_VARIABLE}. Those of S3 are
   * found by the AWS SDK itself.
   */
  public AgentOptions takeSecrets(Map<String, String> environment) {
    String password = environment.get(PASSWORD_VARIABLE);
    if (password != null) {
      metadata.setPassword(password);
    }
    return this;
  }

  /** What a batch may be at most. */
  BatchLimits batchLimits() {
    return new BatchLimits(
        batchBytesMax,
        recordBytesMax,
        uncompressedBytesMax,
        BatchLimits.DEFAULT.recordsMax(),
        headersMax);
  }

  public String getAgentId() {
    return agentId;
  }

  /** Names the agent in logs and listings; default: a new name at each start. */
  public AgentOptions setAgentId(String agentId) {
    if (!agentId.matches("[a-zA-Z0-9._-]{1,128}")) {
      throw new IllegalArgumentException(
          "agentId must be 1 to 128 of the characters a-z A-Z 0-9 . _ -");
    }
    this.agentId = agentId;
    return this;
  }

  public String getHost() {
    return host;
  }

  /** The interface to listen on; {@code 127.0.0.1} keeps others out. */
  public AgentOptions setHost(String host) {
    this.host = host;
    return this;
  }

  public int getPort() {
    return port;
  }

  /** The port to listen on; 0: any free one. */
  public AgentOptions setPort(int port) {
    this.port = Ranges.require("port", port, 0, 65_535);
    return this;
  }

  public String getAdvertisedAddress() {
    return advertisedAddress;
  }

  /** {@code host:port} under which clients reach this agent; empty: its host, or this machine's own address. */
  public AgentOptions setAdvertisedAddress(String advertisedAddress) {
    if (!advertisedAddress.isEmpty()) {
      try {
        AgentAddress.parse(advertisedAddress);
      } catch (StreamHouseException e) {
        throw new IllegalArgumentException(e.getMessage(), e);
      }
    }
    this.advertisedAddress = advertisedAddress;
    return this;
  }

  public String getZone() {
    return zone;
  }

  /** The availability zone, so that producers can prefer agents nearby; empty: none. */
  public AgentOptions setZone(String zone) {
    this.zone = zone;
    return this;
  }

  public PostgresOptions getMetadata() {
    return metadata;
  }

  /** The database. */
  public AgentOptions setMetadata(PostgresOptions metadata) {
    this.metadata = metadata;
    return this;
  }

  public StorageOptions getStorage() {
    return storage;
  }

  /** The object store. */
  public AgentOptions setStorage(StorageOptions storage) {
    this.storage = storage;
    return this;
  }

  public int getFlushBytesMax() {
    return flushBytesMax;
  }

  /** Closes a segment at this size. Larger: fewer, larger objects at high rates; more memory. */
  public AgentOptions setFlushBytesMax(int flushBytesMax) {
    this.flushBytesMax = Ranges.require("flushBytesMax", flushBytesMax, 64 << 10, 512 << 20);
    return this;
  }

  public int getFlushIntervalMs() {
    return flushIntervalMs;
  }

  /** The least time between two flushes by age. Longer: fewer PUTs at low rates; slower acknowledgements. */
  public AgentOptions setFlushIntervalMs(int flushIntervalMs) {
    this.flushIntervalMs = Ranges.require("flushIntervalMs", flushIntervalMs, 0, 60_000);
    return this;
  }

  public int getUploadsInFlightMax() {
    return uploadsInFlightMax;
  }

  /** Segments uploaded at once. More: a higher rate when the store answers slowly; more memory. */
  public AgentOptions setUploadsInFlightMax(int uploadsInFlightMax) {
    this.uploadsInFlightMax = Ranges.require("uploadsInFlightMax", uploadsInFlightMax, 1, 256);
    return this;
  }

  public int getSessionTtlMs() {
    return sessionTtlMs;
  }

  /** How long others wait for an agent that is silent. Shorter: faster failover; less patience with pauses. */
  public AgentOptions setSessionTtlMs(int sessionTtlMs) {
    this.sessionTtlMs = Ranges.require("sessionTtlMs", sessionTtlMs, 1_000, 300_000);
    return this;
  }

  public long getBufferBytesMax() {
    return bufferBytesMax;
  }

  /** Bytes taken in and not durable yet, at which producers are made to wait. */
  public AgentOptions setBufferBytesMax(long bufferBytesMax) {
    this.bufferBytesMax = Ranges.require("bufferBytesMax", bufferBytesMax, 1 << 20, 64L << 30);
    return this;
  }

  public long getTailCacheBytesMax() {
    return tailCacheBytesMax;
  }

  /** Bytes of the latest batches kept in memory for readers; 0: none. */
  public AgentOptions setTailCacheBytesMax(long tailCacheBytesMax) {
    this.tailCacheBytesMax = Ranges.require("tailCacheBytesMax", tailCacheBytesMax, 0, 64L << 30);
    return this;
  }

  public long getChunkCacheBytesMax() {
    return chunkCacheBytesMax;
  }

  /** Bytes of chunks read from the store that are kept for the next fetch. */
  public AgentOptions setChunkCacheBytesMax(long chunkCacheBytesMax) {
    this.chunkCacheBytesMax =
        Ranges.require("chunkCacheBytesMax", chunkCacheBytesMax, 0, 64L << 30);
    return this;
  }

  public int getDrainTimeoutMs() {
    return drainTimeoutMs;
  }

  /** How long a stopping agent flushes; keep it below the patience of whoever stops it. */
  public AgentOptions setDrainTimeoutMs(int drainTimeoutMs) {
    this.drainTimeoutMs = Ranges.require("drainTimeoutMs", drainTimeoutMs, 0, 110_000);
    return this;
  }

  public int getBatchBytesMax() {
    return batchBytesMax;
  }

  /** The largest batch that is taken, as sent. */
  public AgentOptions setBatchBytesMax(int batchBytesMax) {
    this.batchBytesMax = Ranges.require("batchBytesMax", batchBytesMax, 1 << 10, 32 << 20);
    return this;
  }

  public int getRecordBytesMax() {
    return recordBytesMax;
  }

  /** The largest record that is taken, uncompressed. */
  public AgentOptions setRecordBytesMax(int recordBytesMax) {
    this.recordBytesMax = Ranges.require("recordBytesMax", recordBytesMax, 1 << 10, 32 << 20);
    return this;
  }

  public int getUncompressedBytesMax() {
    return uncompressedBytesMax;
  }

  /** The largest batch that is taken, uncompressed: guards against decompression bombs. */
  public AgentOptions setUncompressedBytesMax(int uncompressedBytesMax) {
    this.uncompressedBytesMax =
        Ranges.require("uncompressedBytesMax", uncompressedBytesMax, 1 << 10, 1 << 30);
    return this;
  }

  public int getHeadersMax() {
    return headersMax;
  }

  /** Most headers of a record. */
  public AgentOptions setHeadersMax(int headersMax) {
    this.headersMax = Ranges.require("headersMax", headersMax, 0, 100_000);
    return this;
  }
}
