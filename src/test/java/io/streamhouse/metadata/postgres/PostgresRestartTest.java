package io.streamhouse.metadata.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.waitAtMost;

import io.streamhouse.ErrorCode;
import io.streamhouse.common.PartitionId;
import io.streamhouse.embedded.EmbeddedPostgres;
import io.streamhouse.metadata.CommitRequest;
import io.streamhouse.metadata.CommitResult;
import io.streamhouse.metadata.CommitResult.PartitionStatus;
import io.streamhouse.metadata.CommitResult.Status;
import io.streamhouse.metadata.SegmentObject;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostgresRestartTest extends OneStoreTestBase {
  private static final int RESTARTS = 5;

  private final Vertx vertx = Vertx.vertx();

  @TempDir
  private Path directory;

  @Test
  void theStoreRecoversByItselfEachTimeItsServerRestarts() {
    EmbeddedPostgres server = await(EmbeddedPostgres.start(vertx, directory));
    int port = server.port();
    store = await(PostgresMetadataStore.connect(vertx, server.options().setCallTimeoutMs(2_000)));
    UUID session = session();
    PartitionId partition = topic(1).get(0);
    acquire(session, partition);
    for (int i = 0; i < RESTARTS; i++) {
      append(session, partition, 1);
      await(server.close());
      failure(store.listTopics(), ErrorCode.UNAVAILABLE);
      SegmentObject object = object();
      // Refused connections: the commit has not been sent.
      assertThat(failure(
                  store.commit(request(session, object, chunk(object, partition, i + 1, 1, 1))),
                  ErrorCode.UNAVAILABLE)
              .mayHaveBeenWritten())
          .isFalse();
      server = await(EmbeddedPostgres.start(vertx, directory, port));
      assertThat(await(store.listTopics())).hasSize(1);
      assertThat(state(partition).endOffset()).isEqualTo(i + 1);
    }
    await(store.close());
    await(server.close());
    await(vertx.close());
  }

  @Test
  void commitsGoOnWhenTheServerComesBackUnderLoadAndNoneIsLostOrDoubled() {
    EmbeddedPostgres server = await(EmbeddedPostgres.start(vertx, directory));
    store = await(PostgresMetadataStore.connect(vertx, server.options().setCommitTimeoutMs(2_000)));
    UUID session = session();
    PartitionId partition = topic(1).get(0);
    acquire(session, partition);
    AtomicInteger committed = new AtomicInteger();
    AtomicBoolean enough = new AtomicBoolean();
    Future<Void> loop = commitUntil(enough, session, partition, committed);
    waitAtMost(Duration.ofSeconds(20)).until(() -> committed.get() > 20);
    await(server.close());
    int before = committed.get();
    server = await(EmbeddedPostgres.start(vertx, directory, server.port()));
    waitAtMost(Duration.ofSeconds(20)).until(() -> committed.get() > before + 20);
    enough.set(true);
    await(loop);
    assertThat(state(partition).endOffset()).isEqualTo(committed.get());
    assertThat(await(store.chunksFrom(partition, committed.get() - 1L, 10))).hasSize(1);
    await(store.close());
    await(server.close());
    await(vertx.close());
  }

  /** One commit after the other, each one record; settles those whose outcome is open, as an agent does. */
  private Future<Void> commitUntil(
      AtomicBoolean enough, UUID session, PartitionId partition, AtomicInteger committed) {
    SegmentObject object = object();
    CommitRequest request =
        request(session, object, chunk(object, partition, committed.get(), 1, 1));
    return store.commit(request).recover(failure -> settle(request)).compose(result -> {
      if (result.status() == Status.APPLIED) {
        assertThat(result.partitions()).containsValue(PartitionStatus.ACCEPTED);
        committed.incrementAndGet();
      }
      return enough.get()
          ? Future.succeededFuture()
          : commitUntil(enough, session, partition, committed);
    });
  }

  private Future<CommitResult> settle(CommitRequest request) {
    return store
        .claimObjects(request)
        .recover(failure -> vertx.timer(50).compose(v -> settle(request)));
  }
}
