package io.streamhouse.metadata.postgres;

import io.streamhouse.metadata.MetadataBackend;
import io.streamhouse.metadata.MetadataContract;
import io.streamhouse.metadata.MetadataStore;
import java.util.UUID;

/** For tests of what PostgreSQL's store alone does, with the steps that the contracts share. */
abstract class OneStoreTestBase extends MetadataContract implements MetadataBackend {
  /** Set by the test. */
  protected MetadataStore store;

  @Override
  protected MetadataBackend backend() {
    return this;
  }

  @Override
  public MetadataStore store() {
    return store;
  }

  @Override
  public void letExpire(UUID sessionId) {
    throw new IllegalStateException("no session expires in this test: " + sessionId);
  }
}
