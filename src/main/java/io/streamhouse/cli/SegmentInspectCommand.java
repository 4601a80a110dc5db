package io.streamhouse.cli;

import io.streamhouse.agent.AgentOptions;
import io.streamhouse.storage.StorageException;
import io.streamhouse.storage.s3.S3ObjectStore;
import io.streamhouse.storage.s3.S3Options;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code streamhouse segment inspect}. */
@Command(
    name = "inspect",
    description = {
      "Show a segment object: header, chunks, batches, and whether every checksum holds.",
      "Exit code 1 when something is damaged. Reads a file, or the object with that key of the data"
          + " directory of dev, or of the store that an agent's configuration names."
    },
    footer = {
      "",
      "Examples:",
      "  streamhouse segment inspect streamhouse-data/objects/wal/3f/…/0000000000000000.seg",
      "  streamhouse segment inspect wal/3f/…/0000000000000000.seg --conf conf/agent.json --records"
    })
final class SegmentInspectCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Parameters(paramLabel = "FILE|KEY", description = "A file, or an object's key.")
  private String name = "";

  @Option(names = "--records", description = "Show the records, one JSON object a line.")
  private boolean records;

  @Option(
      names = "--conf",
      paramLabel = "FILE",
      description = "Read the key from the store that this agent configuration names.")
  private @Nullable Path conf;

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      defaultValue = "streamhouse-data",
      description = "Read the key from this data directory of dev. Default: ${DEFAULT-VALUE}")
  private Path dataDirectory = Path.of("streamhouse-data");

  SegmentInspectCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    boolean intact = new SegmentPrinter(terminal, records).print(name, object());
    return intact ? ExitCodes.OK : ExitCodes.FAILED;
  }

  private ByteBuffer object() throws IOException {
    if (conf == null) {
      Path file = Path.of(name);
      return file(
          Files.exists(file) ? file : EmbeddedStack.objectsIn(dataDirectory).resolve(name));
    }
    AgentOptions options = AgentCommand.read(conf);
    String directory = options.getStorage().getDirectory();
    if (directory != null) {
      return file(Path.of(directory).resolve(name));
    }
    return fromS3(Objects.requireNonNull(options.getStorage().getS3()));
  }

  private ByteBuffer file(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw CommandFailure.failed("there is no file " + name + " and no object " + file
          + ": name a file, or give --data-dir or --conf with a key");
    }
    return ByteBuffer.wrap(Files.readAllBytes(file));
  }

  private ByteBuffer fromS3(S3Options options) {
    try (VertxSession session = new VertxSession()) {
      return VertxSession.await(S3ObjectStore.open(session.vertx(), options).compose(store -> store
          .size(name)
          .compose(size -> store.getRange(name, 0, Math.toIntExact(size)))
          .eventually(store::close)));
    } catch (StorageException e) {
      throw CommandFailure.failed(String.valueOf(e.getMessage()), e);
    }
  }
}
