package io.streamhouse;

import io.streamhouse.common.AgentAddress;
import io.streamhouse.common.ConfigReader;
import io.streamhouse.common.Ranges;
import io.streamhouse.record.BatchLimits;
import io.streamhouse.record.Compression;
import io.streamhouse.record.RecordBatch;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Options of a {@link Producer}. Times are in milliseconds, sizes in bytes. */
public final class ProducerOptions {
  /** One agent on this machine, at the port that agents use by default. */
  public static final List<String> DEFAULT_BOOTSTRAP =
      List.of("localhost:" + AgentAddress.DEFAULT_PORT);

  /** A record waits up to 5 ms for company. */
  public static final int DEFAULT_LINGER_MS = 5;

  /** 256 KiB: large enough that the cost of a batch vanishes, small enough that many partitions fit the buffer. */
  public static final int DEFAULT_BATCH_BYTES_MAX = 256 << 10;

  /** 100,000 records: out of reach before {@code batchBytesMax}, unless that is raised. */
  public static final int DEFAULT_BATCH_RECORDS_MAX = 100_000;

  /** 1 MiB, as Kafka's {@code max.request.size}. */
  public static final int DEFAULT_RECORD_BYTES_MAX = 1 << 20;

  /** 64 MiB. */
  public static final long DEFAULT_BUFFER_MEMORY_BYTES = 64L << 20;

  /** One minute. */
  public static final int DEFAULT_MAX_BLOCK_MS = 60_000;

  /** Two minutes: longer than any failover. */
  public static final int DEFAULT_DELIVERY_TIMEOUT_MS = 120_000;

  /** 30 seconds. */
  public static final int DEFAULT_REQUEST_TIMEOUT_MS = 30_000;

  /** 100 ms before the first retry, at most. */
  public static final int DEFAULT_RETRY_BACKOFF_MS = 100;

  /** 10 seconds before any retry, at most. */
  public static final int DEFAULT_RETRY_BACKOFF_MAX_MS = 10_000;

  /** No bound but {@code deliveryTimeoutMs}. */
  public static final int DEFAULT_RETRIES_MAX = Integer.MAX_VALUE;

  /** Batches go out as they are. */
  public static final String DEFAULT_COMPRESSION = "none";

  /** 32 batches of a partition on their way at once. */
  public static final int DEFAULT_MAX_IN_FLIGHT_BATCHES_PER_PARTITION = 32;

  /** Most batches of a partition that an agent lets wait: the upper end of the range. */
  public static final int MAX_IN_FLIGHT_BATCHES_PER_PARTITION = 64;

  /** 30 seconds. */
  public static final int DEFAULT_METADATA_REFRESH_MS = 30_000;

  /** 30 seconds. */
  public static final int DEFAULT_CLOSE_TIMEOUT_MS = 30_000;

  /** The name in log lines. */
  public static final String DEFAULT_CLIENT_ID = "producer";

  private static final int BATCH_BYTES_LIMIT = BatchLimits.DEFAULT.batchBytesMax();
  private static final int DAY_MS = 86_400_000;

  private List<String> bootstrap = DEFAULT_BOOTSTRAP;
  private int lingerMs = DEFAULT_LINGER_MS;
  private int batchBytesMax = DEFAULT_BATCH_BYTES_MAX;
  private int batchRecordsMax = DEFAULT_BATCH_RECORDS_MAX;
  private int recordBytesMax = DEFAULT_RECORD_BYTES_MAX;
  private long bufferMemoryBytes = DEFAULT_BUFFER_MEMORY_BYTES;
  private int maxBlockMs = DEFAULT_MAX_BLOCK_MS;
  private int deliveryTimeoutMs = DEFAULT_DELIVERY_TIMEOUT_MS;
  private int requestTimeoutMs = DEFAULT_REQUEST_TIMEOUT_MS;
  private int retryBackoffMs = DEFAULT_RETRY_BACKOFF_MS;
  private int retryBackoffMaxMs = DEFAULT_RETRY_BACKOFF_MAX_MS;
  private int retriesMax = DEFAULT_RETRIES_MAX;
  private String compression = DEFAULT_COMPRESSION;
  private int maxInFlightBatchesPerPartition = DEFAULT_MAX_IN_FLIGHT_BATCHES_PER_PARTITION;
  private @Nullable String producerName;
  private int metadataRefreshMs = DEFAULT_METADATA_REFRESH_MS;
  private int closeTimeoutMs = DEFAULT_CLOSE_TIMEOUT_MS;
  private String clientId = DEFAULT_CLIENT_ID;

  /** The defaults. */
  public ProducerOptions() {}

  /** A copy. */
  public ProducerOptions(ProducerOptions other) {
    bootstrap = other.bootstrap;
    lingerMs = other.lingerMs;
    batchBytesMax = other.batchBytesMax;
    batchRecordsMax = other.batchRecordsMax;
    recordBytesMax = other.recordBytesMax;
    bufferMemoryBytes = other.bufferMemoryBytes;
    maxBlockMs = other.maxBlockMs;
    deliveryTimeoutMs = other.deliveryTimeoutMs;
    requestTimeoutMs = other.requestTimeoutMs;
    retryBackoffMs = other.retryBackoffMs;
    retryBackoffMaxMs = other.retryBackoffMaxMs;
    retriesMax = other.retriesMax;
    compression = other.compression;
    maxInFlightBatchesPerPartition = other.maxInFlightBatchesPerPartition;
    producerName = other.producerName;
    metadataRefreshMs = other.metadataRefreshMs;
    closeTimeoutMs = other.closeTimeoutMs;
    clientId = other.clientId;
  }

  /**
   * Options from JSON, named as the setters; absent keys keep their defaults.
   *
   * @throws StreamHouseException with {@link ErrorCode#INVALID_CONFIGURATION} for unknown keys and illegal values
   */
  public ProducerOptions(JsonObject json) {
    this(new ConfigReader(json, ""));
  }

  /** Options that are an object inside a larger configuration; errors name the whole path. */
  public ProducerOptions(ConfigReader reader) {
    reader
        .strings("bootstrap", this::setBootstrap)
        .integer("lingerMs", this::setLingerMs)
        .integer("batchBytesMax", this::setBatchBytesMax)
        .integer("batchRecordsMax", this::setBatchRecordsMax)
        .integer("recordBytesMax", this::setRecordBytesMax)
        .number("bufferMemoryBytes", this::setBufferMemoryBytes)
        .integer("maxBlockMs", this::setMaxBlockMs)
        .integer("deliveryTimeoutMs", this::setDeliveryTimeoutMs)
        .integer("requestTimeoutMs", this::setRequestTimeoutMs)
        .integer("retryBackoffMs", this::setRetryBackoffMs)
        .integer("retryBackoffMaxMs", this::setRetryBackoffMaxMs)
        .integer("retriesMax", this::setRetriesMax)
        .string("compression", this::setCompression)
        .integer("maxInFlightBatchesPerPartition", this::setMaxInFlightBatchesPerPartition)
        .string("producerName", this::setProducerName)
        .integer("metadataRefreshMs", this::setMetadataRefreshMs)
        .integer("closeTimeoutMs", this::setCloseTimeoutMs)
        .string("clientId", this::setClientId)
        .finish();
  }

  /** These options as JSON: what the JSON constructor reads. */
  public JsonObject toJson() {
    JsonObject json = new JsonObject()
        .put("bootstrap", new JsonArray(bootstrap))
        .put("lingerMs", lingerMs)
        .put("batchBytesMax", batchBytesMax)
        .put("batchRecordsMax", batchRecordsMax)
        .put("recordBytesMax", recordBytesMax)
        .put("bufferMemoryBytes", bufferMemoryBytes)
        .put("maxBlockMs", maxBlockMs)
        .put("deliveryTimeoutMs", deliveryTimeoutMs)
        .put("requestTimeoutMs", requestTimeoutMs)
        .put("retryBackoffMs", retryBackoffMs)
        .put("retryBackoffMaxMs", retryBackoffMaxMs)
        .put("retriesMax", retriesMax)
        .put("compression", compression)
        .put("maxInFlightBatchesPerPartition", maxInFlightBatchesPerPartition)
        .put("metadataRefreshMs", metadataRefreshMs)
        .put("closeTimeoutMs", closeTimeoutMs)
        .put("clientId", clientId);
    if (producerName != null) {
      json.put("producerName", producerName);
    }
    return json;
  }

  /**
   * Refuses options that contradict each other.
   *
   * @throws StreamHouseException with {@link ErrorCode#INVALID_CONFIGURATION}, naming both
   */
  public void validate() {
    if (recordBytesMax > bufferMemoryBytes) {
      throw contradiction("recordBytesMax (" + recordBytesMax
          + ") must not be larger than bufferMemoryBytes (" + bufferMemoryBytes + ")");
    }
    if (batchBytesMax > bufferMemoryBytes) {
      throw contradiction("batchBytesMax (" + batchBytesMax
          + ") must not be larger than bufferMemoryBytes (" + bufferMemoryBytes + ")");
    }
    if ((long) lingerMs + requestTimeoutMs > deliveryTimeoutMs) {
      throw contradiction("lingerMs (" + lingerMs + ") + requestTimeoutMs (" + requestTimeoutMs
          + ") must not be larger than deliveryTimeoutMs (" + deliveryTimeoutMs + ")");
    }
    if (retryBackoffMs > retryBackoffMaxMs) {
      throw contradiction("retryBackoffMs (" + retryBackoffMs
          + ") must not be larger than retryBackoffMaxMs (" + retryBackoffMaxMs + ")");
    }
  }

  private static StreamHouseException contradiction(String message) {
    return StreamHouseException.of(ErrorCode.INVALID_CONFIGURATION, message);
  }

  public List<String> getBootstrap() {
    return bootstrap;
  }

  /** Agents to ask first, as {@code host:port}: name several, so that any of them may be down. */
  public ProducerOptions setBootstrap(List<String> bootstrap) {
    if (bootstrap.isEmpty()) {
      throw new IllegalArgumentException("bootstrap must name at least one agent as host:port");
    }
    for (String address : bootstrap) {
      try {
        AgentAddress.parse(address);
      } catch (StreamHouseException e) {
        throw new IllegalArgumentException("bootstrap: " + e.getMessage(), e);
      }
    }
    this.bootstrap = List.copyOf(bootstrap);
    return this;
  }

  public int getLingerMs() {
    return lingerMs;
  }

  /**
   * How long the first record of a batch waits for more, 0 to 60,000 ms. Raise it for fewer and larger batches when
   * latency does not matter; 0 sends what one turn of the event loop brings.
   */
  public ProducerOptions setLingerMs(int lingerMs) {
    this.lingerMs = Ranges.require("lingerMs", lingerMs, 0, 60_000);
    return this;
  }

  public int getBatchBytesMax() {
    return batchBytesMax;
  }

  /** Bytes at which a batch is sent, 1 KiB to 8 MiB. Raise it for few busy partitions, lower it to save memory. */
  public ProducerOptions setBatchBytesMax(int batchBytesMax) {
    this.batchBytesMax = Ranges.require("batchBytesMax", batchBytesMax, 1 << 10, BATCH_BYTES_LIMIT);
    return this;
  }

  public int getBatchRecordsMax() {
    return batchRecordsMax;
  }

  /** Records at which a batch is sent, 1 to 1,000,000. Lower it when readers work batch by batch. */
  public ProducerOptions setBatchRecordsMax(int batchRecordsMax) {
    this.batchRecordsMax =
        Ranges.require("batchRecordsMax", batchRecordsMax, 1, BatchLimits.DEFAULT.recordsMax());
    return this;
  }

  public int getRecordBytesMax() {
    return recordBytesMax;
  }

  /**
   * Largest record, encoded and before compression, 1 byte to what fits a batch of 8 MiB; a larger one fails at once. A
   * record may be larger than {@code batchBytesMax}: it then goes alone. Agents have a limit of their own.
   */
  public ProducerOptions setRecordBytesMax(int recordBytesMax) {
    this.recordBytesMax = Ranges.require(
        "recordBytesMax", recordBytesMax, 1, BATCH_BYTES_LIMIT - RecordBatch.HEADER_BYTES);
    return this;
  }

  public long getBufferMemoryBytes() {
    return bufferMemoryBytes;
  }

  /**
   * Memory for records that are not acknowledged yet, 64 KiB to 64 GiB. Raise it to bridge longer failovers at a
   * higher rate; lower it in small containers. Records beyond it wait outside, up to the same size again.
   */
  public ProducerOptions setBufferMemoryBytes(long bufferMemoryBytes) {
    this.bufferMemoryBytes =
        Ranges.require("bufferMemoryBytes", bufferMemoryBytes, 64L << 10, 64L << 30);
    return this;
  }

  public int getMaxBlockMs() {
    return maxBlockMs;
  }

  /** How long a record waits for room in a full buffer, 0 ms to a day; 0 fails it at once. */
  public ProducerOptions setMaxBlockMs(int maxBlockMs) {
    this.maxBlockMs = Ranges.require("maxBlockMs", maxBlockMs, 0, DAY_MS);
    return this;
  }

  public int getDeliveryTimeoutMs() {
    return deliveryTimeoutMs;
  }

  /**
   * How long a record may take to be acknowledged, retries included, 1 ms to a day. Lower it when late is as bad as
   * never; keep it above the time that a failover takes.
   */
  public ProducerOptions setDeliveryTimeoutMs(int deliveryTimeoutMs) {
    this.deliveryTimeoutMs = Ranges.require("deliveryTimeoutMs", deliveryTimeoutMs, 1, DAY_MS);
    return this;
  }

  public int getRequestTimeoutMs() {
    return requestTimeoutMs;
  }

  /** How long an agent may be silent about a batch before it is sent again, 1 ms to an hour. */
  public ProducerOptions setRequestTimeoutMs(int requestTimeoutMs) {
    this.requestTimeoutMs = Ranges.require("requestTimeoutMs", requestTimeoutMs, 1, 3_600_000);
    return this;
  }

  public int getRetryBackoffMs() {
    return retryBackoffMs;
  }

  /** Longest delay before the first retry, 1 to 60,000 ms; it doubles with each failure in a row. */
  public ProducerOptions setRetryBackoffMs(int retryBackoffMs) {
    this.retryBackoffMs = Ranges.require("retryBackoffMs", retryBackoffMs, 1, 60_000);
    return this;
  }

  public int getRetryBackoffMaxMs() {
    return retryBackoffMaxMs;
  }

  /** Longest delay before any retry, 1 to 600,000 ms. Raise it for large fleets that share few agents. */
  public ProducerOptions setRetryBackoffMaxMs(int retryBackoffMaxMs) {
    this.retryBackoffMaxMs = Ranges.require("retryBackoffMaxMs", retryBackoffMaxMs, 1, 600_000);
    return this;
  }

  public int getRetriesMax() {
    return retriesMax;
  }

  /** How often a batch is sent again, 0 and more. {@code deliveryTimeoutMs} is the better bound: leave this alone. */
  public ProducerOptions setRetriesMax(int retriesMax) {
    this.retriesMax = Ranges.require("retriesMax", retriesMax, 0, Integer.MAX_VALUE);
    return this;
  }

  public String getCompression() {
    return compression;
  }

  /** One of none, gzip, snappy, lz4, zstd: less storage and network for more CPU in the producer. */
  public ProducerOptions setCompression(String compression) {
    for (Compression known : Compression.values()) {
      if (known.name().toLowerCase(Locale.ROOT).equals(compression)) {
        this.compression = compression;
        return this;
      }
    }
    throw new IllegalArgumentException("compression must be none, gzip, snappy, lz4 or zstd");
  }

  public int getMaxInFlightBatchesPerPartition() {
    return maxInFlightBatchesPerPartition;
  }

  /** How many batches of a partition are on their way at once, 1 to 64; order is kept with any number. */
  public ProducerOptions setMaxInFlightBatchesPerPartition(int maxInFlightBatchesPerPartition) {
    this.maxInFlightBatchesPerPartition = Ranges.require(
        "maxInFlightBatchesPerPartition",
        maxInFlightBatchesPerPartition,
        1,
        MAX_IN_FLIGHT_BATCHES_PER_PARTITION);
    return this;
  }

  public @Nullable String getProducerName() {
    return producerName;
  }

  /** A name that only one producer uses at a time: a new one with the same name fences the one before it. */
  public ProducerOptions setProducerName(@Nullable String producerName) {
    if (producerName != null && producerName.isBlank()) {
      throw new IllegalArgumentException("producerName must not be blank");
    }
    this.producerName = producerName;
    return this;
  }

  public int getMetadataRefreshMs() {
    return metadataRefreshMs;
  }

  /** How often leaders and partition counts are looked up when nothing else asks for it, 100 ms to an hour. */
  public ProducerOptions setMetadataRefreshMs(int metadataRefreshMs) {
    this.metadataRefreshMs = Ranges.require("metadataRefreshMs", metadataRefreshMs, 100, 3_600_000);
    return this;
  }

  public int getCloseTimeoutMs() {
    return closeTimeoutMs;
  }

  /** How long closing waits for acknowledgements, 0 ms to a day; what is left then fails with {@code CLOSED}. */
  public ProducerOptions setCloseTimeoutMs(int closeTimeoutMs) {
    this.closeTimeoutMs = Ranges.require("closeTimeoutMs", closeTimeoutMs, 0, DAY_MS);
    return this;
  }

  public String getClientId() {
    return clientId;
  }

  /** How this producer is called in log lines; any text. */
  public ProducerOptions setClientId(String clientId) {
    if (clientId.isBlank()) {
      throw new IllegalArgumentException("clientId must not be blank");
    }
    this.clientId = clientId;
    return this;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ProducerOptions options && toJson().equals(options.toJson());
  }

  @Override
  public int hashCode() {
    return toJson().hashCode();
  }

  @Override
  public String toString() {
    return "ProducerOptions" + toJson().encode();
  }
}
