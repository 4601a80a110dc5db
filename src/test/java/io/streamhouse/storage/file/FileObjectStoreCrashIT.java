package io.streamhouse.storage.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamhouse.storage.ObjectLister.Listed;
import io.streamhouse.storage.ObjectStore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a process that is killed while it writes leaves behind. */
class FileObjectStoreCrashIT {
  private static final int ACKNOWLEDGED = 40;

  @TempDir
  Path root;

  private Vertx vertx;

  @BeforeEach
  void open() {
    vertx = Vertx.vertx();
  }

  @AfterEach
  void close() throws Exception {
    await(vertx.close());
  }

  @Test
  void aWriterThatIsKilledLeavesItsAcknowledgedObjectsWholeAndNoHalfOnes() throws Exception {
    for (int round = 0; round < 3; round++) {
      Path directory = Files.createDirectory(root.resolve("round-" + round));
      Process writer = start(directory);
      List<String> acknowledged = new ArrayList<>();
      try (BufferedReader output = writer.inputReader()) {
        while (acknowledged.size() < ACKNOWLEDGED) {
          acknowledged.add(output.readLine());
        }
        writer.destroyForcibly().waitFor();
      }

      ObjectStore store = await(FileObjectStore.open(vertx, directory));
      List<Listed> objects = await(store.list("", "", 1000)).objects();

      assertThat(objects.stream().map(Listed::key)).containsAll(acknowledged);
      for (Listed object : objects) {
        int number = Integer.parseInt(object.key().substring(object.key().indexOf('/') + 1));
        assertThat(await(store.getRange(object.key(), 0, ObjectWriter.SIZE)))
            .isEqualTo(ByteBuffer.wrap(ObjectWriter.content(number)));
        assertThat(object.size()).isEqualTo(ObjectWriter.SIZE);
      }
      assertThat(files(directory)).hasSize(1).allMatch(name -> name.endsWith(".lock"));
      await(store.close());
    }
  }

  @Test
  void aLiveWritersFilesSurviveTheOpeningOfAnotherStore() throws Exception {
    Process writer = start(root);
    try (BufferedReader output = writer.inputReader()) {
      for (int i = 0; i < 20; i++) {
        assertThat(output.readLine()).isNotNull();
        // Opening removes left-overs; the writer would stop at the first of its files that goes
        // missing.
        await(await(FileObjectStore.open(vertx, root)).close());
      }
      assertThat(output.readLine()).isNotNull();
      assertThat(files(root)).anyMatch(name -> name.endsWith(".lock"));
    } finally {
      writer.destroyForcibly().waitFor();
    }
  }

  private static Process start(Path directory) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx128m",
            "-cp",
            System.getProperty("java.class.path"),
            ObjectWriter.class.getName(),
            directory.toString())
        .redirectError(Path.of("target", "object-writer.log").toFile())
        .start();
  }

  private static List<String> files(Path root) throws IOException {
    try (Stream<Path> files = Files.list(root.resolve(TempFiles.DIRECTORY))) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }
}
