package io.streamhouse.storage.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.streamhouse.storage.ObjectStore;
import io.streamhouse.storage.ObjectStoreContract;
import io.vertx.core.Future;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The suite on Adobe's S3Mock, another implementation of the protocol, in a process of its own. */
class S3ObjectStoreOnS3MockIT extends ObjectStoreContract {
  private static final String BUCKET = "contract";

  private static Process process;
  private static String endpoint;

  @BeforeAll
  static void startServer() throws Exception {
    String jar = System.getProperty("streamhouse.s3mock.jar");
    assumeTrue(jar != null, "streamhouse.s3mock.jar names no S3Mock; failsafe does");
    int port = freePort();
    endpoint = "http://127.0.0.1:" + port;
    process = new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx512m",
            "-Dhttp.port=" + port,
            "-jar",
            jar)
        .redirectErrorStream(true)
        .redirectOutput(Path.of("target", "s3mock.log").toFile())
        .start();
    Awaitility.await()
        .atMost(Duration.ofSeconds(120))
        .pollInterval(Duration.ofMillis(200))
        .until(() -> process.isAlive() && createsBucket());
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static boolean createsBucket() throws InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(URI.create(endpoint + "/" + BUCKET))
        .timeout(Duration.ofSeconds(10))
        .PUT(BodyPublishers.noBody())
        .build();
    try {
      return HttpClient.newHttpClient().send(request, BodyHandlers.discarding()).statusCode()
          == 200;
    } catch (IOException e) {
      return false;
    }
  }

  @AfterAll
  static void stopServer() throws Exception {
    if (process != null) {
      process.destroyForcibly();
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Override
  protected Future<? extends ObjectStore> open() {
    return S3ObjectStore.open(
        vertx,
        new S3Options()
            .setEndpoint(endpoint)
            .setPathStyle(true)
            .setBucket(BUCKET)
            .setPrefix(UUID.randomUUID().toString())
            .setAccessKeyId("any")
            .setSecretAccessKey("any"));
  }

  /** S3Mock 5.2.0 looks and writes in two steps: of 16 racers, now and then two or three win. */
  @Override
  protected boolean isAtomic() {
    return false;
  }
}
