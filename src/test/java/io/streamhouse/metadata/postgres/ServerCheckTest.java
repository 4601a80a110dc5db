package io.streamhouse.metadata.postgres;

import static io.streamhouse.testing.TestPostgres.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.streamhouse.ErrorCode;
import io.streamhouse.StreamHouseException;
import io.streamhouse.metadata.MetadataStore;
import io.streamhouse.testing.TestPostgres;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetServer;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ServerCheckTest {
  private Vertx vertx;
  private PostgresOptions options;
  private String database;

  @BeforeEach
  void start() {
    vertx = Vertx.vertx();
    options = TestPostgres.freshDatabase().setConnectTimeoutMs(400);
    database = options.getUri().replaceFirst(".*/", "");
  }

  @AfterEach
  void stop() {
    await(vertx.close());
  }

  @Test
  void aServerThatCommitsWithoutWaitingForItsDiskIsRefusedByTheSettingsName() {
    TestPostgres.query(options, "ALTER DATABASE " + database + " SET synchronous_commit = off");
    assertThat(refusal(ErrorCode.INVALID_CONFIGURATION))
        .hasMessageContainingAll(
            "synchronous_commit = off", "set synchronous_commit = on", "allowUnsafeDurability");
  }

  @Test
  void anUnsafeServerIsAcceptedWhenItIsAllowedByName() {
    TestPostgres.query(options, "ALTER DATABASE " + database + " SET synchronous_commit = off");
    options.setAllowUnsafeDurability(true);
    MetadataStore store = await(PostgresMetadataStore.connect(vertx, options));
    assertThat(await(store.createTopic("t", 1, Map.of())).name()).isEqualTo("t");
    await(store.close());
  }

  @Test
  void aServerThatTurnsUnsafeLaterIsRefusedByTheNextConnection() {
    MetadataStore store = await(PostgresMetadataStore.connect(vertx, options));
    TestPostgres.query(options, "ALTER DATABASE " + database + " SET synchronous_commit = off");
    StreamHouseException failure =
        catchThrowableOfType(StreamHouseException.class, () -> await(store.listTopics()));
    assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION);
    await(store.close());
  }

  @Test
  void aReadOnlyServerIsRefused() {
    TestPostgres.query(
        options, "ALTER DATABASE " + database + " SET default_transaction_read_only = on");
    assertThat(refusal(ErrorCode.UNAVAILABLE)).hasMessageContaining("is read-only (a standby?)");
  }

  @Test
  void aDatabaseThatIsMissingIsNamed() {
    options.setUri(options.getUri() + "_missing");
    assertThat(refusal(ErrorCode.INVALID_CONFIGURATION))
        .hasMessageContainingAll(database + "_missing", "create the database first");
  }

  @Test
  void aPortWhereNobodyListensIsUnavailableAfterTheTimeout() {
    NetServer taken = await(vertx.createNetServer().connectHandler(s -> {}).listen(0, "127.0.0.1"));
    int port = taken.actualPort();
    await(taken.close());
    options.setUri("postgresql://127.0.0.1:" + port + "/x");
    assertThat(refusal(ErrorCode.UNAVAILABLE))
        .hasMessageContainingAll("127.0.0.1:" + port, "within 400 ms", "check that it runs");
  }

  @Test
  void aServerThatAcceptsButNeverAnswersIsUnavailableAfterTheTimeout() {
    NetServer mute = await(vertx.createNetServer().connectHandler(s -> {}).listen(0, "127.0.0.1"));
    options.setUri("postgresql://127.0.0.1:" + mute.actualPort() + "/x");
    assertThat(refusal(ErrorCode.UNAVAILABLE)).hasMessageContaining("does not answer");
  }

  @Test
  void verificationWithoutCertificatesIsRefused() {
    options.setSslMode("verify-full");
    assertThat(refusal(ErrorCode.INVALID_CONFIGURATION)).hasMessageContaining("needs a caFile");
  }

  @Test
  void anUnencryptedServerIsRefusedWhereEncryptionIsRequired() {
    options.setSslMode("require");
    refusal(ErrorCode.UNAVAILABLE);
    options.setSslMode("prefer");
    await(await(PostgresMetadataStore.connect(vertx, options)).close());
  }

  private StreamHouseException refusal(ErrorCode code) {
    StreamHouseException failure = catchThrowableOfType(
        StreamHouseException.class, () -> await(PostgresMetadataStore.connect(vertx, options)));
    assertThat(failure).isNotNull();
    assertThat(failure.code()).isEqualTo(code);
    assertThat(failure.mayHaveBeenWritten()).isFalse();
    return failure;
  }
}
