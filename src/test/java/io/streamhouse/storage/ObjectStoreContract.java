package io.streamhouse.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamhouse.storage.ObjectLister.Listed;
import io.streamhouse.storage.ObjectLister.Page;
import io.streamhouse.storage.StorageException.Kind;
import io.vertx.core.Context;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every object store owes its callers. A subclass opens the store that is tested, empty for each test. */
public abstract class ObjectStoreContract {
  private static final int RACERS = 16;
  private static final int ROUNDS = 5;

  protected Vertx vertx;
  protected ObjectStore store;

  /** Opens a store without objects. */
  protected abstract Future<? extends ObjectStore> open() throws Exception;

  /** Whether {@code If-None-Match} holds between racing writers; where not, that is the server's known defect. */
  protected boolean isAtomic() {
    return true;
  }

  @BeforeEach
  void openStore() throws Exception {
    vertx = Vertx.vertx();
    store = await(open());
  }

  @AfterEach
  void closeStore() throws Exception {
    await(store.close());
    await(vertx.close());
  }

  @Test
  void anObjectIsReadAsItWasWritten() throws Exception {
    await(store.putIfAbsent("wal/00/object.seg", body("hello ", "", "world")));

    assertThat(text(await(store.getRange("wal/00/object.seg", 0, 11)))).isEqualTo("hello world");
    assertThat(await(store.size("wal/00/object.seg"))).isEqualTo(11);
  }

  @Test
  void aRangeIsReadExactly() throws Exception {
    await(store.putIfAbsent("k", body("0123456789")));

    assertThat(text(await(store.getRange("k", 0, 1)))).isEqualTo("0");
    assertThat(text(await(store.getRange("k", 3, 4)))).isEqualTo("3456");
    assertThat(text(await(store.getRange("k", 9, 1)))).isEqualTo("9");
  }

  @Test
  void aRangeComesAsAHeapBufferOfItsLength() throws Exception {
    await(store.putIfAbsent("k", body("0123456789")));

    ByteBuffer bytes = await(store.getRange("k", 2, 5));

    assertThat(bytes.hasArray()).isTrue();
    assertThat(bytes.position()).isZero();
    assertThat(bytes.limit()).isEqualTo(5);
  }

  @Test
  void anEmptyObjectExists() throws Exception {
    await(store.putIfAbsent("empty", List.of()));

    assertThat(await(store.size("empty"))).isZero();
    assertThat(kindOf(store.putIfAbsent("empty", body("x")))).isEqualTo(Kind.ALREADY_EXISTS);
    assertThat(kindOf(store.getRange("empty", 0, 1))).isEqualTo(Kind.TRUNCATED);
  }

  @Test
  void aSecondPutIsRefusedAndChangesNothing() throws Exception {
    await(store.putIfAbsent("k", body("first")));

    assertThat(kindOf(store.putIfAbsent("k", body("other")))).isEqualTo(Kind.ALREADY_EXISTS);
    assertThat(text(await(store.getRange("k", 0, 5)))).isEqualTo("first");
  }

  @Test
  void aLargeSecondPutIsRefusedToo() throws Exception {
    await(store.putIfAbsent("k", body("first")));

    Future<Void> second = store.putIfAbsent("k", List.of(random(4 << 20, 1)));

    assertThat(kindOf(second)).isEqualTo(Kind.ALREADY_EXISTS);
  }

  @Test
  void ofRacingWritersExactlyOneWins() throws Exception {
    int winners = 0;
    for (int round = 0; round < ROUNDS; round++) {
      winners += race("race/" + round);
    }
    if (isAtomic()) {
      assertThat(winners).isEqualTo(ROUNDS);
    } else {
      assertThat(winners).isGreaterThanOrEqualTo(ROUNDS);
    }
  }

  /** How many win; of these one has written what is read afterwards. */
  private int race(String key) throws Exception {
    List<CompletableFuture<Void>> writers = new ArrayList<>();
    for (int i = 0; i < RACERS; i++) {
      ByteBuffer bytes = random(64 << 10, i);
      writers.add(
          onContext(vertx.getOrCreateContext(), () -> store.putIfAbsent(key, List.of(bytes))));
    }
    List<Integer> winners = new ArrayList<>();
    for (int i = 0; i < RACERS; i++) {
      Kind kind = kindOf(writers.get(i));
      if (kind == null) {
        winners.add(i);
      } else {
        assertThat(kind).isEqualTo(Kind.ALREADY_EXISTS);
      }
    }
    ByteBuffer stored = await(store.getRange(key, 0, 64 << 10));
    assertThat(winners).anySatisfy(i -> assertThat(stored).isEqualTo(random(64 << 10, i)));
    return winners.size();
  }

  @Test
  void eightMebibytesInManyBuffersKeepTheirOrder() throws Exception {
    ByteBuffer whole = random(8 << 20, 7);
    List<ByteBuffer> parts = new ArrayList<>();
    for (int from = 0, length = 1;
        from < whole.limit();
        from += length, length = 1 + length * 3 % 1_000_003) {
      length = Math.min(length, whole.limit() - from);
      parts.add(whole.slice(from, length));
    }

    await(store.putIfAbsent("large", parts));

    assertThat(await(store.size("large"))).isEqualTo(8 << 20);
    assertThat(await(store.getRange("large", 0, 8 << 20))).isEqualTo(whole);
    assertThat(await(store.getRange("large", 5_000_000, 1_234_567)))
        .isEqualTo(whole.slice(5_000_000, 1_234_567));
  }

  @Test
  void theBuffersOfABodyAreNotTouched() throws Exception {
    ByteBuffer window = ByteBuffer.wrap("xxhello worldyy".getBytes(StandardCharsets.US_ASCII))
        .position(2)
        .limit(13);
    ByteBuffer direct = ByteBuffer.allocateDirect(8).put((byte) '!').flip();

    await(store.putIfAbsent("k", List.of(window, direct)));

    assertThat(text(await(store.getRange("k", 0, 12)))).isEqualTo("hello world!");
    assertThat(List.of(window.position(), window.limit(), direct.position(), direct.limit()))
        .containsExactly(2, 13, 0, 1);
  }

  @Test
  void aRangeThatGoesBeyondTheEndIsTruncated() throws Exception {
    await(store.putIfAbsent("k", body("0123456789")));

    assertThat(kindOf(store.getRange("k", 5, 6))).isEqualTo(Kind.TRUNCATED);
    assertThat(kindOf(store.getRange("k", 0, 11))).isEqualTo(Kind.TRUNCATED);
    assertThat(kindOf(store.getRange("k", 10, 1))).isEqualTo(Kind.TRUNCATED);
    assertThat(kindOf(store.getRange("k", 1L << 40, 1))).isEqualTo(Kind.TRUNCATED);
  }

  @Test
  void anObjectThatIsMissingIsNotFound() throws Exception {
    await(store.putIfAbsent("there/is/one", body("x")));

    for (String key : List.of("none", "there", "there/is", "there/is/none")) {
      assertThat(kindOf(store.getRange(key, 0, 1))).as(key).isEqualTo(Kind.NOT_FOUND);
      assertThat(kindOf(store.size(key))).as(key).isEqualTo(Kind.NOT_FOUND);
    }
  }

  @Test
  void aFailureNamesStoreOperationAndKey() {
    assertThat(failureOf(store.getRange("none/such", 0, 1)).getMessage())
        .contains("get", "none/such", store.describe().replaceFirst("/$", ""));
  }

  @Test
  void deletingIsIdempotent() throws Exception {
    await(store.putIfAbsent("a/b", body("x")));

    await(store.delete("a/b"));
    await(store.delete("a/b"));
    await(store.delete("never/was"));

    assertThat(kindOf(store.size("a/b"))).isEqualTo(Kind.NOT_FOUND);
    assertThat(await(store.list("", "", 10)).objects()).isEmpty();
  }

  @Test
  void aDeletedKeyCanBeWrittenAgain() throws Exception {
    await(store.putIfAbsent("a/b", body("old")));
    await(store.delete("a/b"));

    await(store.putIfAbsent("a/b", body("new")));

    assertThat(text(await(store.getRange("a/b", 0, 3)))).isEqualTo("new");
  }

  @Test
  void anEmptyStoreHasAnEmptyListing() throws Exception {
    assertThat(await(store.list("", "", 1000))).isEqualTo(new Page(List.of(), false));
    assertThat(await(store.list("wal/", "wal/x", 1))).isEqualTo(new Page(List.of(), false));
  }

  @Test
  void aListingIsInTheOrderOfKeysWhateverTheOrderOfWriting() throws Exception {
    List<String> keys = List.of("A", "a-b", "a.b", "a/-", "a/b/c", "a/b0", "a0", "a_b", "aa", "b");
    List<String> shuffled = new ArrayList<>(keys);
    Collections.shuffle(shuffled, new Random(3));
    for (String key : shuffled) {
      await(store.putIfAbsent(key, body("x")));
    }

    assertThat(keys(await(store.list("", "", 1000)))).isEqualTo(keys).isSorted();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 6, 7, 8})
  void pagesJoinWithoutGapOrOverlap(int limit) throws Exception {
    List<String> keys = List.of("p/a-b", "p/a/1", "p/a/2", "p/a/b/1", "p/a0", "p/b/1", "p/c");
    for (String key : keys) {
      await(store.putIfAbsent(key, body(key)));
    }
    await(store.putIfAbsent("o", body("before")));
    await(store.putIfAbsent("q", body("behind")));

    List<String> read = new ArrayList<>();
    Page page = await(store.list("p/", "", limit));
    read.addAll(keys(page));
    while (page.hasMore()) {
      assertThat(page.objects()).hasSize(limit);
      page = await(store.list("p/", read.get(read.size() - 1), limit));
      read.addAll(keys(page));
    }

    assertThat(read).isEqualTo(keys);
  }

  @Test
  void aListingBeginsBehindAKeyThatNeedNotExist() throws Exception {
    for (String key : List.of("a/1", "a/3", "b/1")) {
      await(store.putIfAbsent(key, body("x")));
    }

    assertThat(keys(await(store.list("", "a/1", 10)))).containsExactly("a/3", "b/1");
    assertThat(keys(await(store.list("", "a/2", 10)))).containsExactly("a/3", "b/1");
    assertThat(keys(await(store.list("a/", "a/2", 10)))).containsExactly("a/3");
    assertThat(keys(await(store.list("b", "a/2", 10)))).containsExactly("b/1");
    assertThat(keys(await(store.list("", "z", 10)))).isEmpty();
  }

  @Test
  void aPrefixNeedNotEndAtASlash() throws Exception {
    for (String key : List.of("ab/1", "abc", "ac/1")) {
      await(store.putIfAbsent(key, body("x")));
    }

    assertThat(keys(await(store.list("ab", "", 10)))).containsExactly("ab/1", "abc");
    assertThat(keys(await(store.list("ab/", "", 10)))).containsExactly("ab/1");
    assertThat(keys(await(store.list("b", "", 10)))).isEmpty();
  }

  @Test
  void aListingShowsSizeAndAge() throws Exception {
    await(store.putIfAbsent("k", body("12345")));

    Listed listed = await(store.list("", "", 1)).objects().get(0);

    assertThat(listed.size()).isEqualTo(5);
    assertThat(listed.lastModifiedMs())
        .isBetween(System.currentTimeMillis() - 60_000, System.currentTimeMillis() + 60_000);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a", "0", "...", "a/...", "a/.b", "a/b.", "-", "_", "A-Z_a.z/0-9", "x.tmp", "tmp/x"
      })
  void oddKeysAreKeys(String key) throws Exception {
    await(store.putIfAbsent(key, body(key)));

    assertThat(text(await(store.getRange(key, 0, key.length())))).isEqualTo(key);
    assertThat(keys(await(store.list("", "", 10)))).containsExactly(key);
    await(store.delete(key));
    assertThat(kindOf(store.size(key))).isEqualTo(Kind.NOT_FOUND);
  }

  @Test
  void aLongKeyIsAKey() throws Exception {
    String key = "k".repeat(200) + "/" + "l".repeat(200) + "/" + "m".repeat(200);
    await(store.putIfAbsent(key, body("x")));

    assertThat(keys(await(store.list("", "", 10)))).containsExactly(key);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", "/", "/a", "a/", "a//b", ".", "..", "../a", "a/../b", "a/./b", "a b", "a\\b", "a\0b",
        "ä", "~tmp", "a%2fb", "a\nb"
      })
  void aKeyThatStoresUnderstandDifferentlyIsRefused(String key) {
    assertThat(kindOf(store.putIfAbsent(key, body("x")))).isEqualTo(Kind.REJECTED);
    assertThat(kindOf(store.getRange(key, 0, 1))).isEqualTo(Kind.REJECTED);
    assertThat(kindOf(store.size(key))).isEqualTo(Kind.REJECTED);
    assertThat(kindOf(store.delete(key))).isEqualTo(Kind.REJECTED);
  }

  @Test
  void aKeyThatIsTooLongIsRefused() {
    assertThat(kindOf(store.delete("k/".repeat(512) + "k"))).isEqualTo(Kind.REJECTED);
    assertThat(kindOf(store.delete("k".repeat(256)))).isEqualTo(Kind.REJECTED);
  }

  @Test
  void aRangeOrLimitThatIsNoneIsRefused() {
    assertThat(kindOf(store.getRange("k", -1, 1))).isEqualTo(Kind.REJECTED);
    assertThat(kindOf(store.getRange("k", 0, 0))).isEqualTo(Kind.REJECTED);
    assertThat(kindOf(store.getRange("k", Long.MAX_VALUE, 1))).isEqualTo(Kind.REJECTED);
    assertThat(kindOf(store.list("", "", 0))).isEqualTo(Kind.REJECTED);
    assertThat(kindOf(store.list("", "", 1001))).isEqualTo(Kind.REJECTED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"EVENT_LOOP", "WORKER"})
  void futuresCompleteOnTheCallersContext(String model) throws Exception {
    Probe probe = new Probe();
    await(vertx.deployVerticle(
        probe, new DeploymentOptions().setThreadingModel(ThreadingModel.valueOf(model))));

    List<Function<ObjectStore, Future<?>>> operations = List.of(
        s -> s.putIfAbsent("ctx/k", body("x")),
        s -> s.putIfAbsent("ctx/k", body("x")),
        s -> s.getRange("ctx/k", 0, 1),
        s -> s.getRange("ctx/none", 0, 1),
        s -> s.size("ctx/k"),
        s -> s.list("", "", 1),
        s -> s.delete("ctx/k"),
        s -> s.delete(".."));
    for (int i = 0; i < operations.size(); i++) {
      assertThat(probe.completesOnItsContext(operations.get(i)))
          .as("operation %d", i)
          .isTrue();
    }
  }

  /** A verticle that calls the store. */
  private final class Probe extends VerticleBase {
    boolean completesOnItsContext(Function<ObjectStore, Future<?>> operation) throws Exception {
      CompletableFuture<Boolean> same = new CompletableFuture<>();
      context.runOnContext(v -> {
        Thread caller = Thread.currentThread();
        operation
            .apply(store)
            .onComplete(done -> same.complete(Vertx.currentContext() == context
                && (context.isWorkerContext() || Thread.currentThread() == caller)));
      });
      return same.get(30, TimeUnit.SECONDS);
    }
  }

  @Test
  void manyRequestsAtOnceAllSucceed() throws Exception {
    List<CompletableFuture<Void>> puts = IntStream.range(0, 200)
        .mapToObj(i -> onContext(
            vertx.getOrCreateContext(), () -> store.putIfAbsent("many/" + i, body("value " + i))))
        .toList();
    for (CompletableFuture<Void> put : puts) {
      put.get(60, TimeUnit.SECONDS);
    }
    List<Future<ByteBuffer>> gets = IntStream.range(0, 200)
        .mapToObj(i -> store.getRange("many/" + i, 0, ("value " + i).length()))
        .toList();
    for (int i = 0; i < gets.size(); i++) {
      assertThat(text(await(gets.get(i)))).isEqualTo("value " + i);
    }
    assertThat(await(store.list("many/", "", 1000)).objects()).hasSize(200);
  }

  protected static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  protected static Throwable failureOf(Future<?> future) {
    return failureOf(future.toCompletionStage().toCompletableFuture());
  }

  private static Throwable failureOf(CompletableFuture<?> future) {
    try {
      future.get(60, TimeUnit.SECONDS);
      return null;
    } catch (ExecutionException e) {
      return e.getCause();
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  /** The kind of its failure, or null when it succeeds. */
  protected static Kind kindOf(Future<?> future) {
    return kindOf(future.toCompletionStage().toCompletableFuture());
  }

  private static Kind kindOf(CompletableFuture<?> future) {
    Throwable failure = failureOf(future);
    if (failure == null) {
      return null;
    }
    assertThat(failure).isInstanceOf(StorageException.class);
    return ((StorageException) failure).kind();
  }

  private static <T> CompletableFuture<T> onContext(Context context, Supplier<Future<T>> call) {
    CompletableFuture<T> result = new CompletableFuture<>();
    context.runOnContext(
        v -> call.get().onComplete(result::complete, result::completeExceptionally));
    return result;
  }

  protected static List<ByteBuffer> body(String... parts) {
    return Arrays.stream(parts)
        .map(part -> ByteBuffer.wrap(part.getBytes(StandardCharsets.UTF_8)))
        .toList();
  }

  protected static ByteBuffer random(int length, long seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return ByteBuffer.wrap(bytes);
  }

  protected static String text(ByteBuffer bytes) {
    return StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
  }

  protected static List<String> keys(Page page) {
    return page.objects().stream().map(Listed::key).toList();
  }
}
