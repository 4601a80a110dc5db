package io.streamhouse.metadata.postgres;

import static io.streamhouse.testing.TestPostgres.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamhouse.ErrorCode;
import io.streamhouse.StreamHouseException;
import io.streamhouse.metadata.MetadataStore;
import io.streamhouse.testing.TestPostgres;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MigratorTest {
  private Vertx vertx;
  private PostgresOptions options;

  @BeforeEach
  void start() {
    vertx = Vertx.vertx();
    options = TestPostgres.freshDatabase();
  }

  @AfterEach
  void stop() {
    await(vertx.close());
  }

  @Test
  void everyFileIsKnownInTheOrderOfItsVersion() throws IOException {
    List<Migration> migrations = Migration.all();
    try (Stream<Path> files = Files.list(Path.of("src/main/resources/db"))) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(
              migrations.stream().map(Migration::name).toList());
    }
    assertThat(migrations)
        .extracting(Migration::version)
        .containsExactlyElementsOf(
            IntStream.rangeClosed(1, migrations.size()).boxed().toList());
  }

  @Test
  void aSecondStartChangesNothing() {
    connectAndClose();
    List<String> before = applied();
    connectAndClose();
    assertThat(applied()).isEqualTo(before).hasSize(Migration.all().size());
  }

  @Test
  void agentsThatStartTogetherTakeTurns() {
    List<Future<MetadataStore>> stores = IntStream.range(0, 6)
        .mapToObj(i -> PostgresMetadataStore.connect(vertx, options))
        .toList();
    await(Future.all(stores));
    assertThat(stores.stream().map(store -> await(store.result().clusterId())).distinct())
        .hasSize(1);
    assertThat(applied()).hasSize(Migration.all().size());
    stores.forEach(store -> await(store.result().close()));
  }

  @Test
  void aNewerSchemaIsRefusedWithBothVersions() {
    connectAndClose();
    int newest = Migration.all().size();
    TestPostgres.query(
        options,
        "INSERT INTO streamhouse.schema_migrations (version, name, checksum) VALUES ("
            + (newest + 3) + ", 'V009__later.sql', 'x')");
    assertRefused("is at version " + (newest + 3), "versions up to " + newest);
  }

  @Test
  void aChangedMigrationIsRefusedWithBothChecksums() {
    connectAndClose();
    TestPostgres.query(
        options, "UPDATE streamhouse.schema_migrations SET checksum = 'abc' WHERE version = 2");
    assertRefused("version 2 (SHA-256 abc)", Migration.all().get(1).checksum());
  }

  @Test
  void aStepThatFailsLeavesNothingOfItselfAndCanBeRepeated() {
    List<Migration> broken = new ArrayList<>(Migration.all());
    int next = broken.size() + 1;
    broken.add(new Migration(
        next, "V" + next, "CREATE TABLE streamhouse.half (n int); SELECT 1 / 0; SELECT 1"));
    assertThatThrownBy(() -> migrate(broken)).hasMessageContaining("division by zero");
    assertThat(TestPostgres.query(options, "SELECT to_regclass('streamhouse.half') IS NULL")
            .get(0)
            .getBoolean(0))
        .isTrue();
    assertThat(applied()).hasSize(next - 1);

    broken.set(next - 1, new Migration(next, "V" + next, "CREATE TABLE streamhouse.half (n int)"));
    migrate(broken);
    assertThat(applied()).hasSize(next);
  }

  @Test
  void aUserWithoutRightsIsToldWhichOnesAreMissing() {
    String user = "weak_" + options.getUri().replaceFirst(".*/", "");
    TestPostgres.query(options, "CREATE ROLE " + user + " LOGIN PASSWORD 'weak'");
    PostgresOptions weak = new PostgresOptions(options).setUser(user).setPassword("weak");
    assertThatThrownBy(() -> await(PostgresMetadataStore.connect(vertx, weak)))
        .isInstanceOfSatisfying(StreamHouseException.class, e -> assertThat(e.code())
            .isEqualTo(ErrorCode.PERMISSION_DENIED))
        .hasMessageContaining("grant this user the right");
  }

  private void migrate(List<Migration> migrations) {
    PgConnection connection = await(TestPostgres.connect(options));
    try {
      await(new Migrator("here", migrations).migrate(connection));
    } finally {
      await(connection.close());
    }
  }

  private void assertRefused(String... parts) {
    assertThatThrownBy(this::connectAndClose)
        .isInstanceOfSatisfying(StreamHouseException.class, e -> assertThat(e.code())
            .isEqualTo(ErrorCode.INVALID_CONFIGURATION))
        .hasMessageContainingAll(parts);
  }

  private void connectAndClose() {
    await(await(PostgresMetadataStore.connect(vertx, options)).close());
  }

  private List<String> applied() {
    return TestPostgres.query(
            options,
            "SELECT version || name || checksum || applied_at"
                + " FROM streamhouse.schema_migrations ORDER BY version")
        .stream()
        .map(row -> row.getString(0))
        .toList();
  }
}
