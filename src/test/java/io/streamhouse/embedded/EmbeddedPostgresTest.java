package io.streamhouse.embedded;

import static io.streamhouse.testing.TestPostgres.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.waitAtMost;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.streamhouse.ErrorCode;
import io.streamhouse.StreamHouseException;
import io.streamhouse.metadata.MetadataStore;
import io.streamhouse.metadata.TopicInfo;
import io.streamhouse.metadata.postgres.PostgresMetadataStore;
import io.streamhouse.metadata.postgres.PostgresOptions;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedPostgresTest {
  private final Vertx vertx = Vertx.vertx();

  @TempDir
  private Path directory;

  @AfterEach
  void closeVertx() {
    await(vertx.close());
  }

  @Test
  void itIsDurableAndListensOnThisMachineOnly() throws IOException {
    EmbeddedPostgres server = await(EmbeddedPostgres.start(vertx, directory));
    for (String setting : List.of("fsync", "full_page_writes", "synchronous_commit")) {
      assertThat(show(server, setting)).as(setting).isEqualTo("on");
    }
    assertThat(show(server, "listen_addresses")).isEqualTo("127.0.0.1");
    assertThat(show(server, "unix_socket_directories")).isEmpty();
    assertThat(Files.getPosixFilePermissions(directory.resolve("postgresql.password")))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    assertThat(directory.resolve("postgresql.password.new")).doesNotExist();
    await(server.close());
  }

  @Test
  void aWrongPasswordIsRefused() {
    EmbeddedPostgres server = await(EmbeddedPostgres.start(vertx, directory));
    PostgresOptions wrong = server.options().setPassword("wrong");
    StreamHouseException failure = catchThrowableOfType(
        StreamHouseException.class, () -> await(PostgresMetadataStore.connect(vertx, wrong)));
    assertThat(failure.code()).isEqualTo(ErrorCode.UNAUTHENTICATED);
    assertThat(failure).hasMessageContaining("check user and password");
    await(server.close());
  }

  @Test
  void whatWasWrittenIsThereAfterARestart() {
    EmbeddedPostgres first = await(EmbeddedPostgres.start(vertx, directory));
    MetadataStore store = await(PostgresMetadataStore.connect(vertx, first.options()));
    TopicInfo topic = await(store.createTopic("kept", 2, Map.of()));
    await(store.close());
    await(first.close());
    await(first.close());

    EmbeddedPostgres second = await(EmbeddedPostgres.start(vertx, directory));
    MetadataStore again = await(PostgresMetadataStore.connect(vertx, second.options()));
    assertThat(await(again.findTopic("kept"))).isEqualTo(topic);
    await(again.close());
    await(second.close());
  }

  @Test
  void aDirectoryInUseIsRefusedWithTheProcess() {
    EmbeddedPostgres server = await(EmbeddedPostgres.start(vertx, directory));
    StreamHouseException failure = catchThrowableOfType(
        StreamHouseException.class, () -> await(EmbeddedPostgres.start(vertx, directory)));
    assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION);
    assertThat(failure)
        .hasMessageContainingAll(
            directory.toString(), "process " + ProcessHandle.current().pid(), "--data-dir");
    // The refused start has not disturbed the one that is running.
    assertThat(show(server, "fsync")).isEqualTo("on");
    await(server.close());
  }

  @Test
  void aPortInUseIsRefusedAndTheDirectoryIsFreeAgain() {
    EmbeddedPostgres server = await(EmbeddedPostgres.start(vertx, directory.resolve("a")));
    assertThatThrownBy(
            () -> await(EmbeddedPostgres.start(vertx, directory.resolve("b"), server.port())))
        .isInstanceOf(StreamHouseException.class)
        .hasMessageContaining("Address already in use");
    await(await(EmbeddedPostgres.start(vertx, directory.resolve("b"))).close());
    await(server.close());
  }

  @Test
  void aKilledServerIsStartedAgainFromWhatItLeft() {
    EmbeddedPostgres first = await(EmbeddedPostgres.start(vertx, directory));
    MetadataStore store = await(PostgresMetadataStore.connect(vertx, first.options()));
    await(store.createTopic("kept", 1, Map.of()));
    await(store.close());
    postmaster(first).destroyForcibly();
    waitAtMost(Duration.ofSeconds(20)).until(() -> !first.process().isAlive());
    await(first.close());
    assertThat(directory.resolve("postgresql/postmaster.pid")).exists();

    EmbeddedPostgres second = await(EmbeddedPostgres.start(vertx, directory));
    MetadataStore again = await(PostgresMetadataStore.connect(vertx, second.options()));
    assertThat(await(again.findTopic("kept")).partitions()).isEqualTo(1);
    await(again.close());
    await(second.close());
  }

  @Test
  void aServerThatWasStoppedWithoutFlushingLosesNothing() {
    EmbeddedPostgres first = await(EmbeddedPostgres.start(vertx, directory));
    MetadataStore store = await(PostgresMetadataStore.connect(vertx, first.options()));
    await(store.createTopic("kept", 1, Map.of()));
    await(first.closeAtOnce());
    await(store.close());
    EmbeddedPostgres second = await(EmbeddedPostgres.start(vertx, directory));
    MetadataStore again = await(PostgresMetadataStore.connect(vertx, second.options()));
    assertThat(await(again.findTopic("kept")).partitions()).isEqualTo(1);
    await(again.close());
    await(second.close());
  }

  @Test
  void aStalePidFileWithTheNumberOfALivingProcessDoesNotPreventTheStart() throws IOException {
    await(await(EmbeddedPostgres.start(vertx, directory)).close());
    String text = ProcessHandle.current().pid() + "\n" + directory.resolve("postgresql") + "\n";
    Files.writeString(directory.resolve("postgresql/postmaster.pid"), text);
    await(await(EmbeddedPostgres.start(vertx, directory)).close());
  }

  @Test
  void anInitdbThatWasKilledIsDoneAgain() throws IOException {
    Path unfinished = Files.createDirectories(directory.resolve("postgresql.new/base"));
    Files.writeString(unfinished.resolveSibling("PG_VERSION"), "18\n");
    EmbeddedPostgres server = await(EmbeddedPostgres.start(vertx, directory));
    assertThat(unfinished).doesNotExist();
    assertThat(show(server, "fsync")).isEqualTo("on");
    await(server.close());
  }

  @Test
  void theServerEndsWhenItsParentsPipeBreaks() throws IOException {
    EmbeddedPostgres server = await(EmbeddedPostgres.start(vertx, directory));
    ProcessHandle postmaster = postmaster(server);
    // What the system does to the pipe of a process that is killed.
    server.process().breakPipe();
    waitAtMost(Duration.ofSeconds(20)).until(() -> !postmaster.isAlive());
    assertThat(directory.resolve("postgresql/postmaster.pid")).doesNotExist();
    await(server.close());
  }

  @Test
  void asNobodyItWorksWhereNamespacesAreForbidden() throws IOException {
    assumeTrue(Users.current() == Users.ROOT, "only root can become another user");
    Path open = Files.createDirectory(Path.of("/var/tmp/streamhouse-test-" + System.nanoTime()));
    try {
      EmbeddedPostgres server = await(
          EmbeddedPostgres.start(vertx, open.resolve("data"), 0, ServerUser.NOBODY, List.of()));
      assertThat(show(server, "fsync")).isEqualTo("on");
      assertThat(Users.owner(open.resolve("data/postgresql"))).isEqualTo(Users.NOBODY);
      await(server.close());
      // Found again as nobody's, and started as nobody.
      EmbeddedPostgres again = await(EmbeddedPostgres.start(vertx, open.resolve("data")));
      assertThat(show(again, "fsync")).isEqualTo("on");
      await(again.close());
    } finally {
      Directories.delete(open);
    }
  }

  @Test
  void aDirectoryThatExistsKeepsItsPermissions() throws IOException {
    Set<PosixFilePermission> shared = PosixFilePermissions.fromString("rwxrwxrwx");
    Files.setPosixFilePermissions(directory, shared);
    EmbeddedPostgres server = await(EmbeddedPostgres.start(vertx, directory));
    await(server.close());
    assertThat(Files.getPosixFilePermissions(directory)).isEqualTo(shared);
    assertThat(Files.getPosixFilePermissions(directory.resolve("postgresql")))
        .isEqualTo(PosixFilePermissions.fromString("rwx------"));
  }

  @Test
  void aNewDirectoryIsPrivate() throws IOException {
    Path fresh = directory.resolve("fresh");
    Directories.createPrivate(fresh);
    assertThat(Files.getPosixFilePermissions(fresh))
        .isEqualTo(PosixFilePermissions.fromString("rwx------"));
    Directories.letPass(fresh);
    assertThat(Files.getPosixFilePermissions(fresh))
        .isEqualTo(PosixFilePermissions.fromString("rwx--x--x"));
  }

  @Test
  void aFileInThePlaceOfTheDirectoryIsNamed() throws IOException {
    Path file = Files.createFile(directory.resolve("file"));
    assertThatThrownBy(() -> await(EmbeddedPostgres.start(vertx, file)))
        .isInstanceOf(StreamHouseException.class)
        .hasMessageContainingAll(file + " is not a directory", "--data-dir");
  }

  @Test
  void asNobodyADirectoryThatCannotBeReachedIsNamed() throws IOException {
    assumeTrue(Users.current() == Users.ROOT, "only root can become another user");
    Directories.createPrivate(directory);
    Path hidden = directory.resolve("hidden");
    assertThatThrownBy(
            () -> await(EmbeddedPostgres.start(vertx, hidden, 0, ServerUser.NOBODY, List.of())))
        .isInstanceOf(StreamHouseException.class)
        .hasMessageContainingAll("cannot enter " + hidden, "--data-dir");
  }

  @Test
  void severalProcessesMayUnpackAtOnce() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(3);
    Callable<Path> unpack = () -> PostgresBinaries.unpack(List.of(directory.resolve("cache")));
    List<Future<Path>> homes = threads.invokeAll(List.of(unpack, unpack, unpack));
    threads.shutdown();
    for (Future<Path> home : homes) {
      assertThat(home.get().resolve("bin/postgres")).isExecutable();
    }
    try (Stream<Path> left = Files.list(directory.resolve("cache"))) {
      assertThat(left).hasSize(1);
    }
  }

  @Test
  void aServerWithoutFsyncIsRefusedByTheStoreUnlessAllowed() {
    EmbeddedPostgres server = await(EmbeddedPostgres.start(
        vertx, directory, 0, choose(), List.of("fsync=off", "full_page_writes=off")));
    assertThatThrownBy(() -> await(PostgresMetadataStore.connect(vertx, server.options())))
        .isInstanceOf(StreamHouseException.class)
        .hasMessageContaining("fsync = off");
    PostgresOptions allowed = server.options().setAllowUnsafeDurability(true);
    await(await(PostgresMetadataStore.connect(vertx, allowed)).close());
    await(server.close());
  }

  private ServerUser choose() {
    try {
      return ServerUser.choose(directory.resolve("postgresql"));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static ProcessHandle postmaster(EmbeddedPostgres server) {
    Optional<ProcessHandle> found = server
        .process()
        .handle()
        .descendants()
        .filter(process -> process.info().command().orElse("").endsWith("/postgres"))
        .filter(process -> process
            .parent()
            .flatMap(parent -> parent.info().command())
            .filter(command -> command.endsWith("/postgres"))
            .isEmpty())
        .findFirst();
    return found.orElseThrow();
  }

  private String show(EmbeddedPostgres server, String setting) {
    String password;
    try {
      password =
          Files.readString(server.log().resolveSibling("postgresql.password")).trim();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    PgConnectOptions options = new PgConnectOptions()
        .setHost("127.0.0.1")
        .setPort(server.port())
        .setDatabase("postgres")
        .setUser("postgres")
        .setPassword(password);
    return await(PgConnection.connect(vertx, options).compose(connection -> connection
        .query("SHOW " + setting)
        .execute()
        .map(rows -> rows.iterator().next().getString(0))
        .eventually(connection::close)));
  }
}
