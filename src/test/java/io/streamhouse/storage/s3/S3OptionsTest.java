package io.streamhouse.storage.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamhouse.StreamHouseException;
import io.streamhouse.common.ConfigReader;
import io.vertx.core.json.JsonObject;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class S3OptionsTest {
  private static final JsonObject ALL_CHANGED = new JsonObject()
      .put("endpoint", "https://s3.example:9000")
      .put("region", "eu-central-1")
      .put("bucket", "my-bucket")
      .put("prefix", "a/b/")
      .put("pathStyle", true)
      .put("accessKeyId", "id")
      .put("secretAccessKey", "s3cr3t")
      .put("maxConnections", 7)
      .put("attemptTimeoutMs", 1001)
      .put("callTimeoutMs", 2002)
      .put("connectTimeoutMs", 303);

  @Test
  void onlyTheBucketHasNoDefault() {
    S3Options options = new S3Options();

    assertThat(options.toJson())
        .isEqualTo(new JsonObject()
            .put("region", "us-east-1")
            .put("bucket", "")
            .put("prefix", "")
            .put("pathStyle", false)
            .put("maxConnections", 32)
            .put("attemptTimeoutMs", 3000)
            .put("callTimeoutMs", 12000)
            .put("connectTimeoutMs", 1000));
    assertThatThrownBy(options::validate).hasMessageContaining("bucket is required");
    options.setBucket("there-it-is").validate();
  }

  @Test
  void everyOptionIsReadCopiedAndWritten() {
    S3Options read = read(ALL_CHANGED);

    assertThat(read.toJson(false)).isEqualTo(ALL_CHANGED);
    assertThat(new S3Options(read).toJson(false)).isEqualTo(ALL_CHANGED);
    assertThat(setters()).isEqualTo(new TreeSet<>(ALL_CHANGED.fieldNames()));
    read.validate();
  }

  /** So that an option which is added cannot be forgotten above. */
  private static Set<String> setters() {
    return Arrays.stream(S3Options.class.getMethods())
        .map(method -> method.getName())
        .filter(name -> name.startsWith("set"))
        .map(name -> name.substring(3, 4).toLowerCase(java.util.Locale.ROOT) + name.substring(4))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void theSecretIsNotPrinted() {
    S3Options options = read(ALL_CHANGED);

    assertThat(options.toJson().encode()).doesNotContain("s3cr3t").contains("***");
    assertThat(options.toString()).doesNotContain("s3cr3t");
  }

  @Test
  void optionsThatWerePrintedDoNotPassForRealOnes() {
    assertThatThrownBy(() -> read(read(ALL_CHANGED).toJson()).validate())
        .hasMessageContaining("mask");
  }

  @ParameterizedTest
  @ValueSource(strings = {"s3cr3t\n", " s3cr3t", "s3cr3t s3cr3t"})
  void aSecretWithWhiteSpaceIsRefusedWithoutRepeatingIt(String secret) {
    assertThatThrownBy(
            () -> read(ALL_CHANGED.copy().put("secretAccessKey", secret)).validate())
        .isInstanceOf(StreamHouseException.class)
        .hasMessageContaining("secretAccessKey")
        .hasMessageNotContaining("s3cr3t");
  }

  @Test
  void halfOfTheCredentialsIsRefused() {
    assertThatThrownBy(
            () -> new S3Options().setBucket("bucket").setAccessKeyId("id").validate())
        .hasMessageContaining("both or not at all");
  }

  @Test
  void timeOutsInTheWrongOrderAreRefused() {
    S3Options options = new S3Options().setBucket("bucket").setCallTimeoutMs(2000);

    assertThatThrownBy(options::validate)
        .hasMessageContaining("attemptTimeoutMs (3000) <= callTimeoutMs (2000)");
  }

  @Test
  void anUnknownOptionIsRefused() {
    assertThatThrownBy(() -> read(new JsonObject().put("pathstyle", true)))
        .hasMessage("unknown option storage.s3.pathstyle, did you mean storage.s3.pathStyle?");
  }

  @ParameterizedTest
  @CsvSource({
    "endpoint, localhost:9000", "endpoint, ftp://host", "endpoint, http://",
        "endpoint, http://user:pw@host",
    "endpoint, http://host/path", "endpoint, http://host?x=y", "endpoint, http://host:70000",
        "endpoint, not a url",
    "bucket, ab", "bucket, s3://bucket", "bucket, bucket/", "bucket, a bucket",
    "prefix, /a", "prefix, a//b", "prefix, ../a", "prefix, ä",
    "region, eu central", "region, ''"
  })
  void aValueThatCannotBeIsRefused(String option, String value) {
    assertThatThrownBy(() -> read(new JsonObject().put(option, value)))
        .isInstanceOf(StreamHouseException.class)
        .hasMessageContaining("storage.s3." + option);
  }

  @ParameterizedTest
  @CsvSource({
    "maxConnections, 0",
    "maxConnections, 10001",
    "attemptTimeoutMs, 99",
    "callTimeoutMs, 600001",
    "connectTimeoutMs, -1"
  })
  void aNumberOutOfItsRangeIsRefused(String option, int value) {
    assertThatThrownBy(() -> read(new JsonObject().put(option, value)))
        .hasMessageContaining("storage.s3." + option);
  }

  @ParameterizedTest
  @CsvSource({"'', ''", "a, a/", "a/, a/", "a/b, a/b/"})
  void aPrefixEndsAtASlash(String given, String expected) {
    assertThat(new S3Options().setPrefix(given).getPrefix()).isEqualTo(expected);
  }

  private static S3Options read(JsonObject json) {
    return new S3Options(new ConfigReader(json, "storage.s3"));
  }
}
