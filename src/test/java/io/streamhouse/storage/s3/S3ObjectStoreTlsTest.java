package io.streamhouse.storage.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamhouse.storage.ObjectStore;
import io.streamhouse.storage.StorageException;
import io.streamhouse.testing.S3ProxyServer;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.PfxOptions;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whom the S3 store trusts. */
class S3ObjectStoreTlsTest {
  private static final String PASSWORD = "changeit";

  @TempDir
  static Path directory;

  private static Vertx vertx;

  @BeforeAll
  static void start() {
    vertx = Vertx.vertx();
  }

  @AfterAll
  static void stop() throws Exception {
    await(vertx.close());
  }

  @Test
  void aServerWithATrustedCertificateForItsNameIsUsed() throws Exception {
    Path key = selfSigned("right", "ip:127.0.0.1");
    try (S3ProxyServer server = S3ProxyServer.startTls(key, PASSWORD)) {
      ObjectStore store = await(S3ObjectStore.open(vertx, options(server), trust(key)));

      await(store.putIfAbsent("k", List.of(ByteBuffer.allocate(300_000))));

      assertThat(await(store.getRange("k", 0, 300_000))).isEqualTo(ByteBuffer.allocate(300_000));
      await(store.close());
    }
  }

  @Test
  void aCertificateForAnotherNameIsRefused() throws Exception {
    Path key = selfSigned("other", "ip:127.0.0.2,dns:other.example");
    try (S3ProxyServer server = S3ProxyServer.startTls(key, PASSWORD)) {
      ObjectStore store = await(S3ObjectStore.open(vertx, options(server), trust(key)));

      assertRefused(() -> await(store.putIfAbsent("k", List.of())), "127.0.0.1");
      await(store.close());
    }
  }

  @Test
  void aCertificateThatNobodyHasSignedIsRefused() throws Exception {
    Path key = selfSigned("unknown", "ip:127.0.0.1");
    try (S3ProxyServer server = S3ProxyServer.startTls(key, PASSWORD)) {
      ObjectStore store = await(S3ObjectStore.open(vertx, options(server)));

      assertRefused(() -> await(store.putIfAbsent("k", List.of())), "certification path");
      await(store.close());
    }
  }

  private static void assertRefused(ThrowingCallable call, String reason) {
    assertThatThrownBy(call)
        .cause()
        .isInstanceOf(StorageException.class)
        .hasStackTraceContaining(reason);
  }

  private static S3Options options(S3ProxyServer server) {
    return server.options("secure");
  }

  private static PfxOptions trust(Path keyStore) {
    return new PfxOptions().setPath(keyStore.toString()).setPassword(PASSWORD);
  }

  private static Path selfSigned(String name, String names) throws Exception {
    Path file = directory.resolve(name + ".p12");
    String keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    Process process = new ProcessBuilder(
            keytool,
            "-genkeypair",
            "-alias",
            "test",
            "-keyalg",
            "EC",
            "-validity",
            "2",
            "-storetype",
            "PKCS12",
            "-dname",
            "CN=test",
            "-ext",
            "san=" + names,
            "-storepass",
            PASSWORD,
            "-keystore",
            file.toString())
        .inheritIO()
        .start();
    assertThat(process.waitFor()).isZero();
    return file;
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }
}
