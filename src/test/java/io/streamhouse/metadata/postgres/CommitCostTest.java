package io.streamhouse.metadata.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamhouse.common.PartitionId;
import io.streamhouse.metadata.Chunk;
import io.streamhouse.metadata.CommitRequest;
import io.streamhouse.metadata.CommitResult.PartitionStatus;
import io.streamhouse.metadata.ProducerState;
import io.streamhouse.metadata.SegmentObject;
import io.streamhouse.testing.TestPostgres;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a commit costs the database. WAL bytes hardly depend on the machine, so they can be asserted. */
class CommitCostTest extends OneStoreTestBase {
  private static final int PARTITIONS = 640;
  private static final int COMMITS = 60;
  private static final long MAX_WAL_BYTES = 300_000;

  private Vertx vertx;
  private PostgresOptions options;

  @BeforeEach
  void connect() {
    vertx = Vertx.vertx();
    options = TestPostgres.freshDatabase().setCommitTimeoutMs(60_000).setCallTimeoutMs(60_000);
    store = await(PostgresMetadataStore.connect(vertx, options));
  }

  @AfterEach
  void close() {
    await(store.close());
    await(vertx.close());
  }

  @Test
  void aCommitOf640PartitionsWritesAtMost300KilobytesOfWal() {
    List<PartitionId> partitions = topic(PARTITIONS);
    UUID session = session();
    await(store.acquireLeases(session, partitions));
    // The first ones insert producer states and log whole pages.
    for (int i = 0; i < 5; i++) {
      commit(session, partitions, i);
    }
    long before = walBytes();
    for (int i = 5; i < 5 + COMMITS; i++) {
      commit(session, partitions, i);
    }
    assertThat((walBytes() - before) / COMMITS).isLessThan(MAX_WAL_BYTES);
  }

  @Test
  void partitionRowsAreUpdatedWithinTheirPages() {
    List<PartitionId> partitions = topic(20);
    UUID session = session();
    await(store.acquireLeases(session, partitions));
    for (int i = 0; i < COMMITS; i++) {
      commit(session, partitions, i);
    }
    await(store.close());
    store = await(PostgresMetadataStore.connect(vertx, options));
    Awaitility.await().untilAsserted(() -> {
      var row = TestPostgres.query(
              options,
              "SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_user_tables"
                  + " WHERE relname = 'partitions'")
          .get(0);
      assertThat(row.getLong(0)).isGreaterThanOrEqualTo(20L * COMMITS);
      assertThat(row.getLong(1)).isGreaterThan(row.getLong(0) * 9 / 10);
    });
  }

  private void commit(UUID session, List<PartitionId> partitions, int round) {
    long base = round * 100L;
    SegmentObject object = object();
    List<Chunk> chunks =
        partitions.stream().map(id -> chunk(object, id, base, 100, 1)).toList();
    List<ProducerState> states = partitions.stream()
        .map(id -> producer(id, 1 + id.partition() % 4, 0, round * 100, 100, base))
        .toList();
    assertThat(await(store.commit(new CommitRequest(session, List.of(object), chunks, states)))
            .partitions())
        .hasSize(partitions.size())
        .allSatisfy((id, status) -> assertThat(status).isEqualTo(PartitionStatus.ACCEPTED));
  }

  private long walBytes() {
    return TestPostgres.query(
            options, "SELECT (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::bigint")
        .get(0)
        .getLong(0);
  }
}
