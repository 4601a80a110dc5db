package io.streamhouse.storage.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamhouse.StreamHouseException;
import io.streamhouse.storage.ObjectStore;
import io.streamhouse.storage.StorageException;
import io.streamhouse.storage.StorageException.Kind;
import io.streamhouse.testing.FaultyHttpProxy;
import io.streamhouse.testing.FaultyHttpProxy.Answer;
import io.streamhouse.testing.FaultyHttpProxy.CutBefore;
import io.streamhouse.testing.FaultyHttpProxy.Delay;
import io.streamhouse.testing.FaultyHttpProxy.Fault;
import io.streamhouse.testing.FaultyHttpProxy.Hang;
import io.streamhouse.testing.FaultyHttpProxy.Pass;
import io.streamhouse.testing.FaultyHttpProxy.ShortenBody;
import io.streamhouse.testing.FaultyHttpProxy.SwallowAnswer;
import io.streamhouse.testing.FaultyHttpProxy.TruncateBody;
import io.streamhouse.testing.S3ProxyServer;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the S3 store makes of a server and a network that fail. */
class S3ObjectStoreFaultTest {
  private static final int SIZE = 300_000;
  private static final ByteBuffer BODY = random();
  private static final Fault SLOW_DOWN = error(503, "SlowDown");

  private static S3ProxyServer server;

  private Vertx vertx;
  private FaultyHttpProxy proxy;
  private ObjectStore store;
  private ObjectStore honest;

  @BeforeAll
  static void startServer() throws Exception {
    server = S3ProxyServer.start(null);
  }

  @AfterAll
  static void stopServer() throws Exception {
    server.close();
  }

  @BeforeEach
  void open() throws Exception {
    vertx = Vertx.vertx();
    proxy = FaultyHttpProxy.start(vertx, server.port());
    S3Options options = server.options("faults").setPrefix(UUID.randomUUID().toString());
    honest = await(S3ObjectStore.open(vertx, options));
    store = await(S3ObjectStore.open(vertx, behindProxy(options)));
  }

  @AfterEach
  void close() throws Exception {
    await(store.close());
    await(honest.close());
    proxy.close();
    await(vertx.close());
  }

  private S3Options behindProxy(S3Options options) {
    return new S3Options(options)
        .setEndpoint("http://127.0.0.1:" + proxy.port())
        .setConnectTimeoutMs(500)
        .setAttemptTimeoutMs(1_000)
        .setCallTimeoutMs(3_500);
  }

  @Test
  void aServerThatIsBusyOnceIsAskedAgain() throws Exception {
    proxy.next(SLOW_DOWN);

    await(store.putIfAbsent("k", List.of(BODY)));

    assertThat(proxy.requests()).isEqualTo(2);
    assertThat(await(honest.getRange("k", 0, SIZE))).isEqualTo(BODY);
  }

  @Test
  void aConnectionThatIsCutBeforeThePutIsReplaced() throws Exception {
    proxy.next(new CutBefore(), new CutBefore());

    await(store.putIfAbsent("k", List.of(BODY)));

    assertThat(await(honest.getRange("k", 0, SIZE))).isEqualTo(BODY);
  }

  @Test
  void aPutWhoseAnswerIsLostSurfacesAsAlreadyExisting() throws Exception {
    proxy.next(new SwallowAnswer());

    assertThat(kindOf(store.putIfAbsent("k", List.of(BODY)))).isEqualTo(Kind.ALREADY_EXISTS);

    assertThat(await(honest.getRange("k", 0, SIZE))).isEqualTo(BODY);
  }

  @Test
  void aPutWhoseAnswersAreAllLostIsUnavailableAndYetThere() throws Exception {
    proxy.always(new SwallowAnswer());

    assertThat(kindOf(store.putIfAbsent("k", List.of(BODY)))).isEqualTo(Kind.UNAVAILABLE);

    assertThat(proxy.requests()).isEqualTo(S3Client.ATTEMPTS_MAX);
    assertThat(await(honest.getRange("k", 0, SIZE))).isEqualTo(BODY);
  }

  @Test
  void aBodyThatBreaksOffIsReadAgain() throws Exception {
    await(honest.putIfAbsent("k", List.of(BODY)));
    proxy.next(new TruncateBody());

    assertThat(await(store.getRange("k", 0, SIZE))).isEqualTo(BODY);
    assertThat(proxy.requests()).isEqualTo(2);
  }

  @Test
  void aBodyThatAlwaysBreaksOffIsNeverReturned() throws Exception {
    await(honest.putIfAbsent("k", List.of(BODY)));
    proxy.always(new TruncateBody());

    assertThat(kindOf(store.getRange("k", 0, SIZE))).isEqualTo(Kind.UNAVAILABLE);
    assertThat(kindOf(store.getRange("k", 10, 1000))).isEqualTo(Kind.UNAVAILABLE);
  }

  @Test
  void aBodyThatIsShorterThanItsRangeIsNeverReturned() throws Exception {
    await(honest.putIfAbsent("k", List.of(BODY)));
    proxy.always(new ShortenBody());

    Future<ByteBuffer> read = store.getRange("k", 0, SIZE);

    assertThat(kindOf(read)).isEqualTo(Kind.UNAVAILABLE);
    assertThat(proxy.requests()).isEqualTo(S3Client.ATTEMPTS_MAX);
  }

  @Test
  void aServerThatHangsEndsWithinTheTimeOut() throws Exception {
    proxy.always(new Hang());

    for (Future<?> call : List.of(
        store.putIfAbsent("k", List.of(BODY)),
        store.getRange("k", 0, 1),
        store.size("k"),
        store.list("", "", 1))) {
      assertThat(kindOf(call)).isEqualTo(Kind.UNAVAILABLE);
    }
  }

  @Test
  void aCallTakesNoLongerThanItsTimeOut() throws Exception {
    proxy.always(new Hang());
    Instant begin = Instant.now();

    assertThat(kindOf(store.size("k"))).isEqualTo(Kind.UNAVAILABLE);

    assertThat(Duration.between(begin, Instant.now()))
        .isBetween(Duration.ofMillis(900), Duration.ofMillis(5_500));
  }

  @Test
  void anAttemptThatHangsDoesNotUseUpTheCall() throws Exception {
    await(honest.putIfAbsent("k", List.of(BODY)));
    proxy.next(new Hang());

    assertThat(await(store.getRange("k", 0, SIZE))).isEqualTo(BODY);
  }

  @Test
  void connectionsOfAttemptsThatHungAreGivenBack() throws Exception {
    await(store.close());
    store = await(S3ObjectStore.open(
        vertx,
        behindProxy(server.options("faults"))
            .setMaxConnections(2)
            .setPrefix(UUID.randomUUID().toString())));
    for (int i = 0; i < 3; i++) {
      proxy.next(new Hang(), new Hang());
      List<Future<Void>> puts = new ArrayList<>();
      for (int j = 0; j < 2; j++) {
        puts.add(store.putIfAbsent("k/" + i + "/" + j, List.of(BODY)));
      }
      for (Future<Void> put : puts) {
        await(put);
      }
    }
  }

  @Test
  void aRequestThatIsAnsweredLateIsASuccess() throws Exception {
    proxy.next(new Delay(500));

    await(store.putIfAbsent("k", List.of(BODY)));

    assertThat(proxy.requests()).isEqualTo(1);
  }

  @Test
  void aServerThatIsGoneIsUnavailable() throws Exception {
    ObjectStore nowhere = await(
        S3ObjectStore.open(vertx, server.options("faults").setEndpoint("http://127.0.0.1:1")));

    StorageException failure = failureOf(nowhere.putIfAbsent("k", List.of(BODY)));

    assertThat(failure.kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(failure.getMessage()).contains("put s3://faults/k", "refused");
    await(nowhere.close());
  }

  @Test
  void aListingThatBreaksOffIsAFailureAndNotShorter() throws Exception {
    for (int i = 0; i < 20; i++) {
      await(honest.putIfAbsent("list/" + i, List.of()));
    }
    proxy.always(new TruncateBody());

    assertThat(kindOf(store.list("", "", 100))).isEqualTo(Kind.UNAVAILABLE);

    proxy.always(new ShortenBody());
    assertThat(kindOf(store.list("", "", 100))).isEqualTo(Kind.UNAVAILABLE);
  }

  @Test
  void aListingThatIsIncompleteWithoutATokenIsAFailure() {
    proxy.always(
        new Answer(200, "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>"));

    assertThat(kindOf(store.list("", "", 100))).isEqualTo(Kind.REJECTED);
  }

  @Test
  void anAnswerThatIsNoS3IsAFailure() {
    proxy.always(new Answer(200, "<html>Welcome to our portal"));

    assertThat(kindOf(store.list("", "", 100))).isEqualTo(Kind.UNAVAILABLE);
    assertThat(kindOf(store.getRange("k", 0, 10))).isEqualTo(Kind.REJECTED);
  }

  @ParameterizedTest
  @CsvSource({
    "412, PreconditionFailed, ALREADY_EXISTS",
    "409, ConditionalRequestConflict, UNAVAILABLE",
    "409, OperationAborted, UNAVAILABLE",
    "404, NoSuchBucket, REJECTED",
    "404, NoSuchKey, NOT_FOUND",
    "403, AccessDenied, ACCESS_DENIED",
    "403, SignatureDoesNotMatch, ACCESS_DENIED",
    "400, ExpiredToken, ACCESS_DENIED",
    "403, QuotaExceeded, FULL",
    "507, XMinioStorageFull, FULL",
    "507, Whatever, FULL",
    "429, TooManyRequests, UNAVAILABLE",
    "500, InternalError, UNAVAILABLE",
    "503, ServiceUnavailable, UNAVAILABLE",
    "400, RequestTimeout, UNAVAILABLE",
    "400, BadDigest, UNAVAILABLE",
    "501, NotImplemented, REJECTED",
    "400, InvalidRequest, REJECTED",
    "301, PermanentRedirect, REJECTED",
    "416, InvalidRange, TRUNCATED"
  })
  void whatTheServerSaysIsTranslated(int status, String code, Kind expected) throws Exception {
    proxy.always(error(status, code));
    // The SDK waits up to seven seconds between its attempts after a 429; the call must not end
    // before they do.
    S3Options patient = behindProxy(server.options("faults")).setCallTimeoutMs(30_000);
    S3ObjectStore patientStore = await(S3ObjectStore.open(vertx, patient));

    StorageException failure = failureOf(patientStore.putIfAbsent("the/key", List.of(BODY)));
    await(patientStore.close());

    assertThat(failure.kind()).isEqualTo(expected);
    assertThat(failure.getMessage()).contains("put s3://faults/", "/the/key");
    if (!code.equals("NoSuchBucket")) {
      assertThat(failure.getMessage())
          .contains(code, "because of a test", Integer.toString(status));
    }
  }

  @Test
  void deletingFromAServerThatReportsMissingKeysSucceeds() throws Exception {
    proxy.always(error(404, "NoSuchKey"));

    await(store.delete("k"));
  }

  @Test
  void racersBehindCutConnectionsHaveExactlyOneObject() throws Exception {
    for (int i = 0; i < 8; i++) {
      proxy.next(new CutBefore(), new Pass(), new SwallowAnswer(), new Pass());
    }
    List<Future<Void>> racers = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      racers.add(store.putIfAbsent("race", List.of(ByteBuffer.allocate(1000).put(0, (byte) i))));
    }
    long winners = racers.stream()
        .map(S3ObjectStoreFaultTest::kindOf)
        .filter(kind -> kind == null)
        .count();

    assertThat(winners).isLessThanOrEqualTo(1);
    assertThat(await(honest.size("race"))).isEqualTo(1000);
  }

  @Test
  void optionsThatAreIncompleteFailOnOpening() {
    assertThatThrownBy(() -> await(S3ObjectStore.open(vertx, new S3Options())))
        .hasCauseInstanceOf(StreamHouseException.class)
        .hasMessageContaining("bucket is required");
  }

  private static Fault error(int status, String code) {
    return new Answer(
        status, "<Error><Code>" + code + "</Code><Message>because of a test</Message></Error>");
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  private static Kind kindOf(Future<?> future) {
    StorageException failure = failureOf(future);
    return failure == null ? null : failure.kind();
  }

  private static StorageException failureOf(Future<?> future) {
    try {
      await(future);
      return null;
    } catch (ExecutionException e) {
      return (StorageException) e.getCause();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static ByteBuffer random() {
    byte[] bytes = new byte[SIZE];
    new Random(5).nextBytes(bytes);
    return ByteBuffer.wrap(bytes);
  }
}
