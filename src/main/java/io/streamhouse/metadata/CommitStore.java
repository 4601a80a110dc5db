package io.streamhouse.metadata;

import io.vertx.core.Future;
import java.util.List;
import java.util.UUID;

/** The commit: what makes stored objects part of the log. */
public interface CommitStore {
  /**
   * Commits objects in one transaction and one round trip.
   *
   * <p>A failure with {@link io.streamhouse.StreamHouseException#mayHaveBeenWritten()} leaves the outcome open; {@link
   * #claimObjects} then settles it. Any other failure means that nothing was written.
   */
  Future<CommitResult> commit(CommitRequest request);

  /**
   * Settles the outcome of an ambiguous commit: waits for a commit of these objects that is still running, and makes
   * sure that none can succeed later.
   *
   * @param request the same request whose commit is in doubt
   * @return {@code APPLIED} with the statuses it had, when it had succeeded; {@code OBJECT_CLAIMED} when the objects are
   *     tombstones now and the commit can never succeed. Fails when the database cannot be reached: ask again.
   */
  Future<CommitResult> claimObjects(CommitRequest request);

  /**
   * Registers a tombstone for objects that will not be committed, so that they can be collected.
   *
   * @param objects objects of this session that are, or may be, in the store
   */
  Future<Void> discardObjects(UUID sessionId, List<SegmentObject> objects);
}
