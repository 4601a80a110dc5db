package io.streamhouse.metadata.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamhouse.StreamHouseException;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PostgresOptionsTest {
  private static final JsonObject ALL = new JsonObject()
      .put("uri", "postgresql://db.example.org:6432/logs")
      .put("user", "alice")
      .put("password", "s3cret")
      .put("sslMode", "verify-full")
      .put("caFile", "/etc/ca.pem")
      .put("poolSize", 7)
      .put("connectTimeoutMs", 1_000L)
      .put("callTimeoutMs", 2_000L)
      .put("commitTimeoutMs", 3_000L)
      .put("allowUnsafeDurability", true)
      .put("applicationName", "streamhouse-a1");

  @Test
  void everyOptionIsReadCopiedAndShownButThePassword() {
    JsonObject masked = ALL.copy().put("password", "***");
    PostgresOptions options = new PostgresOptions(ALL);
    assertThat(options.toJson().getMap()).containsExactlyInAnyOrderEntriesOf(masked.getMap());
    PostgresOptions copy = new PostgresOptions(options);
    assertThat(copy.toJson()).isEqualTo(options.toJson());
    assertThat(copy.secret()).isEqualTo("s3cret");
    assertThat(options).hasToString(options.toJson().encode());
    assertThat(options.toString()).doesNotContain("s3cret");
  }

  @Test
  void theDefaultsAreThoseOfTheConstants() {
    PostgresOptions options = new PostgresOptions(new JsonObject());
    assertThat(options.getUri()).isEqualTo(PostgresOptions.DEFAULT_URI);
    assertThat(options.getUser()).isEqualTo("streamhouse");
    assertThat(options.hasPassword()).isFalse();
    assertThat(options.getSslMode()).isEqualTo(PostgresOptions.DEFAULT_SSL_MODE);
    assertThat(options.getCaFile()).isNull();
    assertThat(options.getPoolSize()).isEqualTo(PostgresOptions.DEFAULT_POOL_SIZE);
    assertThat(options.getConnectTimeoutMs()).isEqualTo(PostgresOptions.DEFAULT_CONNECT_TIMEOUT_MS);
    assertThat(options.getCallTimeoutMs()).isEqualTo(PostgresOptions.DEFAULT_CALL_TIMEOUT_MS);
    assertThat(options.getCommitTimeoutMs()).isEqualTo(PostgresOptions.DEFAULT_COMMIT_TIMEOUT_MS);
    assertThat(options.isAllowUnsafeDurability()).isFalse();
    assertThat(options.getApplicationName()).isEqualTo(PostgresOptions.DEFAULT_APPLICATION_NAME);
  }

  @Test
  void theUriMayCarryUserAndPasswordAndNeverShowsThePassword() {
    PostgresOptions options =
        new PostgresOptions().setUri("postgres://bob:p%40ss:word@[::1]/my%20logs");
    assertThat(options.getUser()).isEqualTo("bob");
    assertThat(options.secret()).isEqualTo("p@ss:word");
    assertThat(options.host()).isEqualTo("::1");
    assertThat(options.port()).isEqualTo(5432);
    assertThat(options.database()).isEqualTo("my logs");
    assertThat(options.getUri()).isEqualTo("postgresql://bob:***@[::1]:5432/my logs");
    assertThat(options.toString()).doesNotContain("ss:word");
    assertThat(options.setUser("carol").setPassword("other").getUser()).isEqualTo("carol");
    assertThat(options.secret()).isEqualTo("other");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "localhost",
        "mysql://localhost/x",
        "postgresql:///x",
        "postgresql://u:geheim@host:notaport/x",
        "postgresql://u:geheim@ho st/x",
        "postgresql://u:geheim@host/x?sslmode=require"
      })
  void aMalformedUriIsRefusedWithoutShowingIt(String uri) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new PostgresOptions().setUri(uri))
        .withMessageStartingWith("uri ")
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("geheim"));
  }

  @Test
  void unknownKeysAndIllegalValuesAreRefusedByName() {
    assertRefused(new JsonObject().put("pollSize", 3), "pollSize", "poolSize");
    assertRefused(new JsonObject().put("poolSize", 1), "poolSize must be 2 to 100", "1");
    assertRefused(new JsonObject().put("poolSize", "4"), "poolSize", "a whole number");
    assertRefused(new JsonObject().put("sslMode", "allow"), "sslMode", "verify-full");
    assertRefused(new JsonObject().put("commitTimeoutMs", 0), "commitTimeoutMs must be");
    assertRefused(new JsonObject().put("applicationName", " "), "applicationName");
  }

  private static void assertRefused(JsonObject json, String... parts) {
    assertThatThrownBy(() -> new PostgresOptions(json))
        .isInstanceOf(StreamHouseException.class)
        .hasMessageContainingAll(parts);
  }
}
