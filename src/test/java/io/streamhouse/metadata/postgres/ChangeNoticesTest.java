package io.streamhouse.metadata.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.waitAtMost;

import io.streamhouse.common.PartitionId;
import io.streamhouse.testing.TestPostgres;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.pgclient.PgConnection;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ChangeNoticesTest extends OneStoreTestBase {
  private final List<JsonObject> notices = new CopyOnWriteArrayList<>();
  private Vertx vertx;
  private PgConnection listener;

  @BeforeEach
  void listen() {
    vertx = Vertx.vertx();
    PostgresOptions options = TestPostgres.freshDatabase();
    store = await(PostgresMetadataStore.connect(vertx, options));
    listener = await(TestPostgres.connect(options));
    listener.notificationHandler(notice -> notices.add(new JsonObject(notice.getPayload())));
    await(listener.query("LISTEN streamhouse_changes").execute());
  }

  @AfterEach
  void close() {
    await(listener.close());
    await(store.close());
    await(vertx.close());
  }

  @Test
  void topicsSessionsAndLeasesAreAnnouncedAndCommitsAreNot() {
    UUID session = session();
    PartitionId partition = topic(1).get(0);
    acquire(session, partition);
    append(session, partition, 3);
    append(session, partition, 3);
    await(store.heartbeat(session, TTL_MS));
    acquire(session, partition);
    String name = await(store.findTopic(partition.topicId())).name();
    await(store.alterTopic(name, 2, Map.of()));
    await(store.releaseLeases(session, List.of(partition)));
    await(store.deleteTopic(name));
    await(store.closeSession(session));
    waitAtMost(Duration.ofSeconds(10))
        .until(() -> notices.stream().anyMatch(notice -> notice.containsKey("closed")));
    assertThat(notices)
        .extracting(notice -> notice.getString("change"))
        .containsExactly("agents", "topics", "leases", "topics", "leases", "topics", "agents");
    assertThat(notices.get(2).getString("sessionId")).isEqualTo(session.toString());
    assertThat(notices.get(2).getJsonArray("topicIds"))
        .containsExactly(partition.topicId().toString());
  }
}
