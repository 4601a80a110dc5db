package io.streamhouse.metadata.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamhouse.metadata.MetadataStore;
import io.streamhouse.testing.TestPostgres;
import io.vertx.core.Vertx;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PostgresMetadataStoreTest {
  @Test
  void smoke() {
    Vertx vertx = Vertx.vertx();
    for (int i = 0; i < 5; i++) {
      long t0 = System.nanoTime();
      PostgresOptions options = TestPostgres.freshDatabase();
      long t1 = System.nanoTime();
      MetadataStore store = TestPostgres.await(PostgresMetadataStore.connect(vertx, options));
      long t2 = System.nanoTime();
      TestPostgres.await(store.createTopic("a", 3, Map.of("x", "y")));
      assertThat(TestPostgres.await(store.listTopics())).hasSize(1);
      TestPostgres.await(store.close());
      System.err.println(
          (t1 - t0) / 1e6 + " " + (t2 - t1) / 1e6 + " " + (System.nanoTime() - t2) / 1e6);
    }
  }
}
