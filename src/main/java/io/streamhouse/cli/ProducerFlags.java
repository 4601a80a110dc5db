package io.streamhouse.cli;

import io.streamhouse.ProducerOptions;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a command produces; what is not given stays as the producer's default. */
final class ProducerFlags {
  @Option(
      names = "--compression",
      paramLabel = "TYPE",
      description =
          "none, gzip, snappy, lz4 or zstd. Default: " + ProducerOptions.DEFAULT_COMPRESSION)
  private @Nullable String compression;

  @Option(
      names = "--linger-ms",
      paramLabel = "MS",
      description =
          "How long a record waits for company. Default: " + ProducerOptions.DEFAULT_LINGER_MS)
  private @Nullable Integer lingerMs;

  @Option(
      names = "--batch-bytes",
      paramLabel = "BYTES",
      description =
          "Size at which a batch is sent. Default: " + ProducerOptions.DEFAULT_BATCH_BYTES_MAX)
  private @Nullable Integer batchBytes;

  @Option(
      names = "--record-bytes-max",
      paramLabel = "BYTES",
      description = "Longest record. Default: " + ProducerOptions.DEFAULT_RECORD_BYTES_MAX)
  private @Nullable Integer recordBytesMax;

  @Option(
      names = "--delivery-timeout-ms",
      paramLabel = "MS",
      description = "How long a record may take to become durable, retries included. Default: "
          + ProducerOptions.DEFAULT_DELIVERY_TIMEOUT_MS)
  private @Nullable Integer deliveryTimeoutMs;

  /** Fails with exit code 2 when a value is out of range. */
  ProducerOptions options() {
    ProducerOptions options = new ProducerOptions().setClientId("streamhouse-cli");
    set("--compression", compression, options::setCompression);
    set("--linger-ms", lingerMs, options::setLingerMs);
    set("--batch-bytes", batchBytes, options::setBatchBytesMax);
    set("--record-bytes-max", recordBytesMax, options::setRecordBytesMax);
    set("--delivery-timeout-ms", deliveryTimeoutMs, options::setDeliveryTimeoutMs);
    int attemptMs = options.getDeliveryTimeoutMs() - options.getLingerMs();
    if (attemptMs < options.getRequestTimeoutMs()) {
      options.setRequestTimeoutMs(Math.max(1, attemptMs));
    }
    options.validate();
    return options;
  }

  private static <T> void set(String option, @Nullable T value, Consumer<T> setter) {
    if (value == null) {
      return;
    }
    try {
      setter.accept(value);
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage(option + ": " + e.getMessage() + ", but is " + value, e);
    }
  }
}
