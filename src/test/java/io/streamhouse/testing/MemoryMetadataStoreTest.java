package io.streamhouse.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamhouse.common.ProducerIdentity;
import io.streamhouse.metadata.CommitStoreContract;
import io.streamhouse.metadata.LeaseStoreContract;
import io.streamhouse.metadata.MetadataBackend;
import io.streamhouse.metadata.MetadataStore;
import io.streamhouse.metadata.ProducerIdsContract;
import io.streamhouse.metadata.TopicStoreContract;
import java.util.UUID;
import org.junit.jupiter.api.Nested;

/** The twin that the simulations run on keeps the contracts that the store in PostgreSQL keeps. */
class MemoryMetadataStoreTest {
  private final MemoryMetadataStore store = new MemoryMetadataStore(() -> 1_000_000);

  private final MetadataBackend backend = new MetadataBackend() {
    @Override
    public MetadataStore store() {
      return store;
    }

    @Override
    public void letExpire(UUID sessionId) {
      store.expireSession(sessionId);
    }
  };

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
  class Commits extends CommitStoreContract {
    @Override
    protected MetadataBackend backend() {
      return backend;
    }

    @Override
    protected String stateOf(UUID objectId) {
      return store.stateOf(objectId);
    }

    @Override
    protected void fence(ProducerIdentity old, ProducerIdentity present) {
      assertThat(await(store.takeOver(store.producers().nameOf(old.producerId()))))
          .isEqualTo(present);
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
      store.producers().setEpoch(producerId, epoch);
    }
  }
}
