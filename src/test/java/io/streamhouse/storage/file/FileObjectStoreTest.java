package io.streamhouse.storage.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Feature;
import com.google.common.jimfs.Jimfs;
import io.streamhouse.storage.ObjectStore;
import io.streamhouse.storage.ObjectStoreContract;
import io.streamhouse.storage.StorageException.Kind;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileObjectStoreTest extends ObjectStoreContract {
  @TempDir
  Path directory;

  @Override
  protected Future<? extends ObjectStore> open() {
    return FileObjectStore.open(vertx, root());
  }

  private Path root() {
    return directory.resolve("not/there/yet");
  }

  @Test
  void noTemporaryFileIsLeftByAnyOutcome() throws Exception {
    await(store.putIfAbsent("k", body("x")));
    assertThat(kindOf(store.putIfAbsent("k", body("y")))).isEqualTo(Kind.ALREADY_EXISTS);
    assertThat(kindOf(store.putIfAbsent("k/more", body("z")))).isEqualTo(Kind.REJECTED);

    assertThat(temporaryFiles(root())).isEmpty();
  }

  @Test
  void aKeyThatContinuesAnotherOneIsRefused() throws Exception {
    await(store.putIfAbsent("a", body("x")));
    await(store.putIfAbsent("d/e", body("x")));

    assertThat(kindOf(store.putIfAbsent("a/b", body("y")))).isEqualTo(Kind.REJECTED);
    assertThat(kindOf(store.putIfAbsent("a/b/c", body("y")))).isEqualTo(Kind.REJECTED);
    assertThat(kindOf(store.putIfAbsent("d", body("y")))).isEqualTo(Kind.REJECTED);
    assertThat(keys(await(store.list("", "", 10)))).containsExactly("a", "d/e");
    assertThat(kindOf(store.getRange("a/b", 0, 1))).isEqualTo(Kind.NOT_FOUND);
    assertThat(kindOf(store.size("a/b"))).isEqualTo(Kind.NOT_FOUND);
  }

  @Test
  void objectsAreThereAfterOpeningAgain() throws Exception {
    await(store.putIfAbsent("a/b/c", body("kept")));
    await(store.close());

    store = await(open());

    assertThat(text(await(store.getRange("a/b/c", 0, 4)))).isEqualTo("kept");
  }

  @Test
  void aDirectoryThatSomebodyRemovesIsMadeAgain() throws Exception {
    await(store.putIfAbsent("a/b/c", body("x")));
    await(store.delete("a/b/c"));
    Files.delete(root().resolve("a/b"));
    Files.delete(root().resolve("a"));

    await(store.putIfAbsent("a/b/c", body("y")));

    assertThat(text(await(store.getRange("a/b/c", 0, 1)))).isEqualTo("y");
  }

  @Test
  void whatADeadProcessLeftHalfWrittenIsRemovedOnOpening() throws Exception {
    Path temps = root().resolve(TempFiles.DIRECTORY);
    String dead = "1-1_" + UUID.randomUUID();
    Files.createFile(temps.resolve(dead + ".lock"));
    Files.writeString(temps.resolve(dead + "." + UUID.randomUUID()), "half");
    Files.writeString(temps.resolve(dead + "." + UUID.randomUUID()), "written");
    Files.writeString(
        temps.resolve("2-2_" + UUID.randomUUID() + "." + UUID.randomUUID()), "whose lock is gone");

    ObjectStore second = await(open());

    assertThat(temporaryFiles(root())).isEmpty();
    await(second.close());
  }

  @Test
  void aSecondStoreOnTheSameRootLeavesTheFirstOnesFilesAlone() throws Exception {
    Path temps = root().resolve(TempFiles.DIRECTORY);
    String owner = names(temps)
        .filter(name -> name.endsWith(".lock"))
        .findFirst()
        .orElseThrow()
        .replace(".lock", "");
    Path halfWritten = Files.writeString(temps.resolve(owner + "." + UUID.randomUUID()), "half");

    ObjectStore second = await(open());
    await(second.putIfAbsent("k", body("x")));
    await(second.close());

    assertThat(halfWritten).exists();
    assertThat(kindOf(store.putIfAbsent("k", body("y")))).isEqualTo(Kind.ALREADY_EXISTS);
  }

  @Test
  void aFullDiskIsReportedAsFullAndLeavesNothingBehind() throws Exception {
    assumeTrue(isLinuxRoot(), "mounting a small file system needs root on Linux");
    Path small = Files.createDirectory(directory.resolve("small"));
    assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", small.toString()) == 0,
        "mount is not allowed");
    try {
      ObjectStore full = await(FileObjectStore.open(vertx, small));
      ByteBuffer tooLarge = random(2 << 20, 1);

      Future<Void> refused = full.putIfAbsent("a/large", List.of(tooLarge));

      assertThat(kindOf(refused)).isEqualTo(Kind.FULL);
      assertThat(failureOf(refused).getMessage())
          .contains("a/large", small.toString(), "bytes free");
      assertThat(temporaryFiles(small)).isEmpty();
      assertThat(kindOf(full.size("a/large"))).isEqualTo(Kind.NOT_FOUND);
      await(full.putIfAbsent("a/small", List.of(random(512 << 10, 1))));
      await(full.close());
    } finally {
      assertThat(run("umount", small.toString())).isZero();
    }
  }

  @Test
  void aReadOnlyDirectoryIsAMatterOfPermissions() throws Exception {
    assumeTrue(isLinuxRoot(), "mounting a read-only file system needs root on Linux");
    Path readOnly = Files.createDirectory(directory.resolve("read-only"));
    assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "ro", "tmpfs", readOnly.toString()) == 0,
        "mount is not allowed");
    try {
      assertThat(kindOf(FileObjectStore.open(vertx, readOnly))).isEqualTo(Kind.ACCESS_DENIED);
    } finally {
      assertThat(run("umount", readOnly.toString())).isZero();
    }
  }

  @Test
  void aRootThatIsAFileIsRefused() throws Exception {
    Path file = Files.createFile(directory.resolve("file"));

    assertThat(kindOf(FileObjectStore.open(vertx, file))).isEqualTo(Kind.REJECTED);
  }

  @Test
  void withoutHardLinksOfRacingWritersExactlyOneWins() throws Exception {
    Configuration noLinks = Configuration.unix().toBuilder()
        .setSupportedFeatures(Feature.FILE_CHANNEL, Feature.SECURE_DIRECTORY_STREAM)
        .build();
    try (FileSystem files = Jimfs.newFileSystem(noLinks)) {
      Path root = files.getPath("/root");
      ObjectStore first = await(FileObjectStore.open(vertx, root));
      ObjectStore second = await(FileObjectStore.open(vertx, root));
      for (int round = 0; round < 20; round++) {
        String key = "race/" + round;
        List<Future<Void>> puts = IntStream.range(0, 16)
            .mapToObj(i -> (i % 2 == 0 ? first : second).putIfAbsent(key, List.of(random(4096, i))))
            .toList();
        assertThat(puts.stream().map(ObjectStoreContract::kindOf).toList())
            .hasSize(16)
            .containsOnlyOnce((Kind) null)
            .containsOnly(null, Kind.ALREADY_EXISTS);
        assertThat(await(first.size(key))).isEqualTo(4096);
      }
      assertThat(temporaryFiles(root)).isEmpty();
      await(first.close());
      await(second.close());
    }
  }

  private static List<String> temporaryFiles(Path root) throws IOException {
    try (Stream<String> names = names(root.resolve(TempFiles.DIRECTORY))) {
      return names
          .filter(name -> !name.endsWith(".lock") && !name.equals("publish"))
          .toList();
    }
  }

  private static Stream<String> names(Path directory) throws IOException {
    return Files.list(directory).map(file -> file.getFileName().toString());
  }

  private static boolean isLinuxRoot() {
    return System.getProperty("os.name").equals("Linux")
        && System.getProperty("user.name").equals("root");
  }

  private static int run(String... command) throws Exception {
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }
}
