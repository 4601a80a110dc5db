package io.streamhouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ProducerOptionsTest {
  private static final JsonObject DEFAULTS = new JsonObject()
      .put("bootstrap", new JsonArray().add("localhost:9470"))
      .put("lingerMs", 5)
      .put("batchBytesMax", 262_144)
      .put("batchRecordsMax", 100_000)
      .put("recordBytesMax", 1_048_576)
      .put("bufferMemoryBytes", 67_108_864L)
      .put("maxBlockMs", 60_000)
      .put("deliveryTimeoutMs", 120_000)
      .put("requestTimeoutMs", 30_000)
      .put("retryBackoffMs", 100)
      .put("retryBackoffMaxMs", 10_000)
      .put("retriesMax", Integer.MAX_VALUE)
      .put("compression", "none")
      .put("maxInFlightBatchesPerPartition", 32)
      .put("metadataRefreshMs", 30_000)
      .put("closeTimeoutMs", 30_000)
      .put("clientId", "producer");

  private static final JsonObject OTHERS = new JsonObject()
      .put("bootstrap", new JsonArray().add("a:1").add("[::1]:2"))
      .put("lingerMs", 6)
      .put("batchBytesMax", 2_000)
      .put("batchRecordsMax", 7)
      .put("recordBytesMax", 3_000)
      .put("bufferMemoryBytes", 100_000L)
      .put("maxBlockMs", 1)
      .put("deliveryTimeoutMs", 50_000)
      .put("requestTimeoutMs", 10_000)
      .put("retryBackoffMs", 2)
      .put("retryBackoffMaxMs", 3)
      .put("retriesMax", 4)
      .put("compression", "zstd")
      .put("maxInFlightBatchesPerPartition", 1)
      .put("producerName", "orders-1")
      .put("metadataRefreshMs", 1_000)
      .put("closeTimeoutMs", 9)
      .put("clientId", "mine");

  @Test
  void defaultsAreAsDocumented() {
    assertThat(new ProducerOptions().toJson()).isEqualTo(DEFAULTS);
    assertThat(new ProducerOptions().getProducerName()).isNull();
    new ProducerOptions().validate();
  }

  @Test
  void everyPropertyComesBackFromJsonAndCopies() {
    ProducerOptions options = new ProducerOptions(OTHERS);

    assertThat(options.toJson()).isEqualTo(OTHERS);
    assertThat(new ProducerOptions(options)).isEqualTo(options).hasSameHashCodeAs(options);
    options.validate();
  }

  @Test
  void theTestKnowsEveryProperty() {
    Set<String> setters = Arrays.stream(ProducerOptions.class.getMethods())
        .map(Method::getName)
        .filter(name -> name.startsWith("set"))
        .map(name -> Character.toLowerCase(name.charAt(3)) + name.substring(4))
        .collect(Collectors.toCollection(TreeSet::new));

    assertThat(OTHERS.fieldNames()).containsExactlyInAnyOrderElementsOf(setters);
    OTHERS.forEach(
        entry -> assertThat(DEFAULTS.getValue(entry.getKey())).isNotEqualTo(entry.getValue()));
  }

  @Test
  void anUnknownKeyIsRefusedWithASuggestion() {
    assertThatThrownBy(() -> new ProducerOptions(new JsonObject().put("lingerMS", 5)))
        .isInstanceOf(StreamHouseException.class)
        .hasMessageContaining("lingerMS")
        .hasMessageContaining("did you mean lingerMs?");
  }

  @Test
  void aValueOfTheWrongTypeIsRefused() {
    assertThatThrownBy(() -> new ProducerOptions(new JsonObject().put("lingerMs", "5")))
        .hasMessageContaining("lingerMs")
        .hasMessageContaining("whole number");
  }

  @Test
  void valuesOutOfRangeAreRefused() {
    ProducerOptions options = new ProducerOptions();
    assertThatThrownBy(() -> options.setMaxInFlightBatchesPerPartition(65))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("maxInFlightBatchesPerPartition must be 1 to 64");
    assertThatThrownBy(() -> options.setLingerMs(-1)).hasMessageContaining("lingerMs");
    assertThatThrownBy(() -> options.setCompression("rar")).hasMessageContaining("zstd");
    assertThatThrownBy(() -> options.setBootstrap(List.of())).hasMessageContaining("at least one");
    assertThatThrownBy(() -> options.setBootstrap(List.of("a:b")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a:b");
    assertThatThrownBy(() -> options.setProducerName(" ")).hasMessageContaining("producerName");
  }

  @Test
  void optionsThatContradictEachOtherAreRefusedAndBothNamed() {
    assertContradiction(
        new ProducerOptions().setBufferMemoryBytes(1 << 20).setRecordBytesMax(2 << 20),
        "recordBytesMax",
        "bufferMemoryBytes");
    assertContradiction(
        new ProducerOptions().setBufferMemoryBytes(64 << 10).setRecordBytesMax(1),
        "batchBytesMax",
        "bufferMemoryBytes");
    assertContradiction(
        new ProducerOptions().setDeliveryTimeoutMs(1_000), "requestTimeoutMs", "deliveryTimeoutMs");
    assertContradiction(
        new ProducerOptions().setRetryBackoffMs(20_000), "retryBackoffMs", "retryBackoffMaxMs");
  }

  private static void assertContradiction(ProducerOptions options, String one, String other) {
    assertThatThrownBy(options::validate)
        .isInstanceOfSatisfying(StreamHouseException.class, failure -> assertThat(failure.code())
            .isEqualTo(ErrorCode.INVALID_CONFIGURATION))
        .hasMessageContaining(one)
        .hasMessageContaining(other);
  }
}
