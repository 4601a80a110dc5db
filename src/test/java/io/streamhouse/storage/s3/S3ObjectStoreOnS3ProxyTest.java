package io.streamhouse.storage.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamhouse.storage.ObjectStore;
import io.streamhouse.storage.ObjectStoreContract;
import io.streamhouse.storage.StorageException.Kind;
import io.streamhouse.testing.S3ProxyServer;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class S3ObjectStoreOnS3ProxyTest extends ObjectStoreContract {
  private static final String BUCKET = "contract";

  @TempDir
  static Path directory;

  private static S3ProxyServer server;

  @BeforeAll
  static void startServer() throws Exception {
    server = S3ProxyServer.start(directory);
  }

  @AfterAll
  static void stopServer() throws Exception {
    server.close();
  }

  @Override
  protected Future<? extends ObjectStore> open() {
    return S3ObjectStore.open(vertx, options());
  }

  private static S3Options options() {
    return server.options(BUCKET).setPrefix(UUID.randomUUID().toString());
  }

  @Test
  void twoPrefixesOfABucketDoNotSeeEachOther() throws Exception {
    ObjectStore other = await(S3ObjectStore.open(vertx, options()));
    await(store.putIfAbsent("k", body("mine")));
    await(other.putIfAbsent("k", body("yours")));

    assertThat(text(await(store.getRange("k", 0, 4)))).isEqualTo("mine");
    assertThat(keys(await(other.list("", "", 10)))).containsExactly("k");
    await(other.close());
  }

  @Test
  void aWrongSecretIsAccessDenied() throws Exception {
    ObjectStore stranger = await(S3ObjectStore.open(vertx, options().setSecretAccessKey("wrong")));

    assertThat(kindOf(stranger.putIfAbsent("k", body("x")))).isEqualTo(Kind.ACCESS_DENIED);
    assertThat(kindOf(stranger.getRange("k", 0, 1))).isEqualTo(Kind.ACCESS_DENIED);
    await(stranger.close());
  }

  @Test
  void aMissingBucketIsRefusedWithAdvice() throws Exception {
    ObjectStore lost =
        await(S3ObjectStore.open(vertx, server.optionsWithoutBucket("no-such-bucket")));

    for (Future<?> call : new Future<?>[] {
      lost.putIfAbsent("k", body("x")), lost.getRange("k", 0, 1), lost.list("", "", 1)
    }) {
      assertThat(kindOf(call)).isEqualTo(Kind.REJECTED);
      assertThat(failureOf(call).getMessage())
          .contains("there is no bucket no-such-bucket", "Create it");
    }
    await(lost.close());
  }
}
