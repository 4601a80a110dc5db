package io.streamhouse.metadata.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamhouse.common.ProducerIdentity;
import io.streamhouse.metadata.CommitStoreContract;
import io.streamhouse.metadata.LeaseStoreContract;
import io.streamhouse.metadata.MetadataBackend;
import io.streamhouse.metadata.MetadataStore;
import io.streamhouse.metadata.ProducerIdsContract;
import io.streamhouse.metadata.TopicStoreContract;
import io.streamhouse.testing.TestPostgres;
import io.vertx.core.Context;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Row;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class PostgresMetadataStoreTest {
  private static Vertx vertx;
  private static Backend backend;

  @BeforeAll
  static void connect() {
    vertx = Vertx.vertx();
    PostgresOptions options = TestPostgres.freshDatabase();
    backend =
        new Backend(options, TestPostgres.await(PostgresMetadataStore.connect(vertx, options)));
  }

  @AfterAll
  static void disconnect() {
    TestPostgres.await(backend.store().close());
    TestPostgres.await(vertx.close());
  }

  @Test
  void theClusterIdIsTheSameForAll() {
    UUID id = TestPostgres.await(backend.store().clusterId());
    MetadataStore other = TestPostgres.await(PostgresMetadataStore.connect(vertx, backend.options));
    assertThat(TestPostgres.await(other.clusterId())).isEqualTo(id);
    TestPostgres.await(other.close());
  }

  @Test
  void futuresCompleteOnTheCallersContext() {
    Context caller = vertx.getOrCreateContext();
    Promise<Boolean> same = Promise.promise();
    caller.runOnContext(v -> backend
        .store()
        .listTopics()
        .onComplete(result -> same.complete(Vertx.currentContext() == caller)));
    assertThat(TestPostgres.await(same.future())).isTrue();
  }

  @Test
  void theDescriptionNamesThePlaceAndNoSecret() {
    assertThat(backend.store().describe())
        .startsWith("PostgreSQL at ")
        .doesNotContain("postgres:")
        .doesNotContain("***");
  }

  @Nested
  class Topics extends TopicStoreContract {
    @Override
    protected MetadataBackend backend() {
      return backend;
    }
  }

  @Nested
  class Leases extends LeaseStoreContract {
    @Override
    protected MetadataBackend backend() {
      return backend;
    }
  }

  @Nested
  class Producers extends ProducerIdsContract {
    @Override
    protected MetadataBackend backend() {
      return backend;
    }

    @Override
    protected void setEpoch(long producerId, int epoch) {
      backend.query("UPDATE streamhouse.producers SET epoch = " + epoch + " WHERE producer_id = "
          + producerId);
    }
  }

  @Nested
  class Commits extends CommitStoreContract {
    @Override
    protected MetadataBackend backend() {
      return backend;
    }

    @Override
    protected String stateOf(UUID objectId) {
      List<Row> rows = backend.query(
          "SELECT state FROM streamhouse.objects WHERE object_id = '" + objectId + "'");
      return rows.isEmpty() ? "" : rows.get(0).getString(0);
    }

    @Override
    protected void fence(ProducerIdentity old, ProducerIdentity present) {
      String name = backend
          .query("SELECT name FROM streamhouse.producers WHERE producer_id = " + old.producerId())
          .get(0)
          .getString(0);
      assertThat(await(store().takeOver(name))).isEqualTo(present);
    }
  }

  private record Backend(PostgresOptions options, MetadataStore store) implements MetadataBackend {
    @Override
    public void letExpire(UUID sessionId) {
      query("UPDATE streamhouse.agent_sessions SET expires_at = clock_timestamp() - interval '1 ms'"
          + " WHERE session_id = '" + sessionId + "'");
    }

    List<Row> query(String sql) {
      return TestPostgres.query(options, sql);
    }
  }
}
