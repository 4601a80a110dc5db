package io.streamhouse.metadata.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.waitAtMost;

import io.streamhouse.ErrorCode;
import io.streamhouse.StreamHouseException;
import io.streamhouse.common.PartitionId;
import io.streamhouse.common.ProducerIdentity;
import io.streamhouse.metadata.Chunk;
import io.streamhouse.metadata.CommitRequest;
import io.streamhouse.metadata.CommitResult;
import io.streamhouse.metadata.CommitResult.PartitionStatus;
import io.streamhouse.metadata.CommitResult.Status;
import io.streamhouse.metadata.MetadataContract;
import io.streamhouse.metadata.MetadataStore;
import io.streamhouse.metadata.SegmentObject;
import io.streamhouse.testing.TestPostgres;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Transaction;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Commits that hang, race and lose their connection. Each test has a database of its own. */
class PostgresFaultsTest extends OneStoreTestBase {
  private static final long COMMIT_TIMEOUT_MS = 1_200;

  private Vertx vertx;
  private PostgresOptions options;
  private UUID session;
  private PartitionId partition;
  private SegmentObject object;
  private CommitRequest request;

  @BeforeEach
  void leadAPartition() {
    vertx = Vertx.vertx();
    options = TestPostgres.freshDatabase()
        .setApplicationName(uniqueName("faults"))
        .setCommitTimeoutMs(COMMIT_TIMEOUT_MS);
    store = await(PostgresMetadataStore.connect(vertx, options));
    session = session();
    partition = topic(1).get(0);
    acquire(session, partition);
    // Prepares the statement on the connection that is used next: a commit then is a single
    // message.
    append(session, partition, 2);
    object = object();
    request = request(session, object, chunk(object, partition, 2, 3, 1));
  }

  @AfterEach
  void close() {
    await(store.close());
    await(vertx.close());
  }

  @Test
  void aClaimWaitsForACommitThatIsRunningAndTellsThatItWon() {
    PgConnection other = await(TestPostgres.connect(options));
    Transaction open = await(other.begin());
    commitOn(other);
    Future<CommitResult> claim = store.claimObjects(request);
    awaitBlocked(1);
    assertThat(claim.isComplete()).isFalse();
    await(open.commit());
    CommitResult settled = await(claim);
    assertThat(settled.status()).isEqualTo(Status.APPLIED);
    assertThat(settled.partitions())
        .containsExactly(Map.entry(partition, PartitionStatus.ACCEPTED));
    await(other.close());
  }

  @Test
  void aClaimWinsWhenTheCommitThatWasRunningIsRolledBack() {
    PgConnection other = await(TestPostgres.connect(options));
    Transaction open = await(other.begin());
    commitOn(other);
    Future<CommitResult> claim = store.claimObjects(request);
    awaitBlocked(1);
    await(open.rollback());
    assertThat(await(claim).status()).isEqualTo(Status.OBJECT_CLAIMED);
    assertThat(await(store.commit(request)).status()).isEqualTo(Status.OBJECT_CLAIMED);
    await(other.close());
  }

  @Test
  void aCommitThatWaitsForALockedPartitionFailsWithinItsDeadlineAndWritesNothing() {
    PgConnection other = await(TestPostgres.connect(options));
    Transaction open = await(other.begin());
    await(other.query("SELECT * FROM streamhouse.partitions FOR UPDATE").execute());
    StreamHouseException failure = failure(store.commit(request), ErrorCode.UNAVAILABLE);
    assertThat(failure.mayHaveBeenWritten()).isFalse();
    assertThat(failure).hasMessageContaining("55P03").hasMessageContaining(object.key());
    await(open.rollback());
    assertThat(await(store.commit(request)).status()).isEqualTo(Status.APPLIED);
    await(other.close());
  }

  @Test
  void aCommitWhoseServerProcessHangsIsUnknownAndAClaimTellsThatItWon() {
    stopAndGo(() -> {
      StreamHouseException failure = failure(store.commit(request), ErrorCode.UNAVAILABLE);
      assertThat(failure.mayHaveBeenWritten()).isTrue();
      assertThat(failure).hasMessageContaining("no answer within " + COMMIT_TIMEOUT_MS + " ms");
      return null;
    });
    // The server process goes on with what it had been sent, though nobody listens any more.
    waitAtMost(Duration.ofSeconds(20)).until(() -> state(partition).endOffset() == 5);
    CommitResult settled = await(store.claimObjects(request));
    assertThat(settled.partitions())
        .containsExactly(Map.entry(partition, PartitionStatus.ACCEPTED));
  }

  @Test
  void aCommitThatComesLateFindsItsObjectClaimed() {
    stopAndGo(() -> {
      failure(store.commit(request), ErrorCode.UNAVAILABLE);
      // Claimed on a new connection, before the hanging server process has done anything.
      assertThat(await(store.claimObjects(request)).status()).isEqualTo(Status.OBJECT_CLAIMED);
      return null;
    });
    awaitIdle();
    assertThat(state(partition).endOffset()).isEqualTo(2);
    assertThat(chunks(partition)).hasSize(1);
  }

  @Test
  void aLookUpThatHangsIsNotAnUnknownWrite() {
    options.setCallTimeoutMs(300);
    MetadataStore hasty = await(PostgresMetadataStore.connect(vertx, options));
    await(hasty.listTopics());
    stopAndGo(() -> {
      StreamHouseException failure = failure(hasty.listTopics(), ErrorCode.UNAVAILABLE);
      assertThat(failure.mayHaveBeenWritten()).isFalse();
      return null;
    });
    assertThat(await(hasty.listTopics())).hasSize(1);
    await(hasty.close());
  }

  @Test
  void aLostNetworkPathEndsTheCallAndItsConnectionIsClosed() {
    int target = Integer.parseInt(options.getUri().replaceFirst(".*:(\\d+)/.*", "$1"));
    SilentProxy proxy = new SilentProxy(vertx, target);
    PostgresOptions through = new PostgresOptions(options)
        .setUri(options.getUri().replace(":" + target + "/", ":" + proxy.port() + "/"))
        .setCallTimeoutMs(500);
    MetadataStore far = await(PostgresMetadataStore.connect(vertx, through));
    await(far.heartbeat(session, TTL_MS));
    int closedBefore = proxy.closedByClient();
    proxy.fallSilent();
    assertThat(failure(far.heartbeat(session, TTL_MS), ErrorCode.UNAVAILABLE).mayHaveBeenWritten())
        .isTrue();
    waitAtMost(Duration.ofSeconds(10)).until(() -> proxy.closedByClient() > closedBefore);
    // A new connection gets no answer either: nothing has been sent, so nothing is unknown.
    assertThat(failure(far.commit(request), ErrorCode.UNAVAILABLE).mayHaveBeenWritten())
        .isFalse();
    proxy.recover();
    assertThat(await(far.commit(request)).status()).isEqualTo(Status.APPLIED);
    await(far.close());
  }

  @Test
  void aServerProcessKilledDuringTheCommitLeavesItsOutcomeUnknown() {
    PgConnection other = await(TestPostgres.connect(options));
    Transaction open = await(other.begin());
    await(other.query("SELECT * FROM streamhouse.partitions FOR UPDATE").execute());
    Future<CommitResult> commit = store.commit(request);
    awaitBlocked(1);
    TestPostgres.query(
        options,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '"
            + options.getApplicationName() + "' AND wait_event_type = 'Lock'");
    assertThat(failure(commit, ErrorCode.UNAVAILABLE).mayHaveBeenWritten()).isTrue();
    await(open.rollback());
    assertThat(await(store.claimObjects(request)).status()).isEqualTo(Status.OBJECT_CLAIMED);
    await(other.close());
  }

  @Test
  void aTakeoverWaitsForACommitThatIsRunning() {
    PgConnection other = await(TestPostgres.connect(options));
    Transaction open = await(other.begin());
    commitOn(other);
    letSessionExpire();
    UUID successor = session();
    var takeover = store.acquireLeases(successor, List.of(partition));
    awaitBlocked(1);
    await(open.commit());
    assertThat(await(takeover).get(0).endOffset()).isEqualTo(5);
    assertThat(await(takeover).get(0).epoch()).isEqualTo(2);
    await(other.close());
  }

  @Test
  void aTakeoverOfAProducersNameWaitsForItsCommitThatIsRunning() {
    String name = uniqueName("named");
    ProducerIdentity old = await(store.takeOver(name));
    request = withProducers(request, producer(partition, old.producerId(), 0, 0, 3, 2));
    PgConnection other = await(TestPostgres.connect(options));
    Transaction open = await(other.begin());
    commitOn(other);
    Future<ProducerIdentity> takeover = store.takeOver(name);
    awaitBlocked(1);
    await(open.commit());
    assertThat(await(takeover)).isEqualTo(new ProducerIdentity(old.producerId(), 1));
    SegmentObject late = object();
    CommitRequest refused = withProducers(
        request(session, late, chunk(late, partition, 5, 1, 1)),
        producer(partition, old.producerId(), 0, 3, 1, 5));
    assertThat(await(store.commit(refused)).partitions())
        .containsExactly(Map.entry(partition, PartitionStatus.PRODUCER_FENCED));
    await(other.close());
  }

  @Test
  void aHeartbeatDoesNotWaitForACommitAndOneThatComesDuringATakeoverPreventsIt() {
    PgConnection other = await(TestPostgres.connect(options));
    Transaction open = await(other.begin());
    await(other
        .query("SELECT FROM streamhouse.agent_sessions WHERE session_id = '" + session
            + "' FOR KEY SHARE")
        .execute());
    letSessionExpire();
    UUID rival = session();
    var takeover = store.acquireLeases(rival, List.of(partition));
    awaitBlocked(1);
    assertThat(TestPostgres.query(
            options,
            "UPDATE streamhouse.agent_sessions"
                + " SET expires_at = now() + interval '1 h' WHERE session_id = '" + session
                + "' RETURNING 1"))
        .hasSize(1);
    await(open.commit());
    assertThat(await(takeover).get(0).holder()).map(agent -> agent.sessionId()).contains(session);
    assertThat(await(store.heartbeat(session, TTL_MS))).isTrue();
    await(other.close());
  }

  @Test
  void commitsOfOverlappingPartitionsAtOnceNeverDeadlockAndExactlyOneWins() {
    List<PartitionId> many = topic(50);
    await(store.acquireLeases(session, many));
    List<Future<CommitResult>> commits = IntStream.range(0, 8)
        .mapToObj(i -> {
          SegmentObject own = object();
          List<Chunk> chunks =
              many.stream().map(id -> chunk(own, id, 0, 1 + i, 1)).toList();
          List<Chunk> shuffled = new ArrayList<>(chunks);
          Collections.shuffle(shuffled, new Random(i));
          return store.commit(new CommitRequest(session, List.of(own), shuffled, List.of()));
        })
        .toList();
    List<CommitResult> results = commits.stream().map(MetadataContract::await).toList();
    assertThat(results)
        .filteredOn(result -> result.partitions().containsValue(PartitionStatus.ACCEPTED))
        .singleElement()
        .satisfies(result ->
            assertThat(result.partitions().values()).containsOnly(PartitionStatus.ACCEPTED));
    assertThat(TestPostgres.query(options, "SELECT 1 FROM streamhouse.chunks")).hasSize(51);
  }

  private void commitOn(PgConnection connection) {
    await(connection
        .preparedQuery(CommitQueries.COMMIT)
        .execute(new CommitArrays(request).commitTuple()));
  }

  private void letSessionExpire() {
    TestPostgres.query(
        options,
        "UPDATE streamhouse.agent_sessions SET expires_at = clock_timestamp() - interval '1 s'"
            + " WHERE session_id = '" + session + "'");
  }

  /** Stops all of the store's server processes, runs something, lets them go on. */
  private void stopAndGo(Callable<?> meanwhile) {
    List<Long> processes = TestPostgres.query(
            options,
            "SELECT pid::bigint FROM pg_stat_activity WHERE application_name = '"
                + options.getApplicationName() + "'")
        .stream()
        .map(row -> row.getLong(0))
        .toList();
    assertThat(processes).isNotEmpty();
    signal("-STOP", processes);
    try {
      meanwhile.call();
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    } finally {
      signal("-CONT", processes);
    }
  }

  private static void signal(String signal, List<Long> processes) {
    for (long pid : processes) {
      try {
        Process kill =
            new ProcessBuilder("kill", signal, Long.toString(pid)).inheritIO().start();
        assertThat(kill.waitFor()).isZero();
      } catch (IOException | InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private void awaitBlocked(int calls) {
    waitAtMost(Duration.ofSeconds(10))
        .until(() -> TestPostgres.query(
                    options,
                    "SELECT 1 FROM pg_stat_activity WHERE application_name = '"
                        + options.getApplicationName() + "' AND wait_event_type = 'Lock'")
                .size()
            == calls);
  }

  private void awaitIdle() {
    waitAtMost(Duration.ofSeconds(10)).until(() -> TestPostgres.query(
            options,
            "SELECT 1 FROM pg_stat_activity WHERE datname = current_database()"
                + " AND state = 'active' AND pid <> pg_backend_pid()")
        .isEmpty());
  }
}
