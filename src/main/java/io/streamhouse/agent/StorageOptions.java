package io.streamhouse.agent;

import io.streamhouse.ErrorCode;
import io.streamhouse.StreamHouseException;
import io.streamhouse.common.ConfigReader;
import io.streamhouse.storage.ObjectStore;
import io.streamhouse.storage.file.FileObjectStore;
import io.streamhouse.storage.s3.S3ObjectStore;
import io.streamhouse.storage.s3.S3Options;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Where an agent keeps its objects: exactly one of an S3 bucket and a local directory. */
public class StorageOptions {
  private @Nullable S3Options s3;
  private @Nullable String directory;

  /** No object store yet. */
  public StorageOptions() {}

  /** A copy. */
  public StorageOptions(StorageOptions other) {
    s3 = other.s3 == null ? null : new S3Options(other.s3);
    directory = other.directory;
  }

  /** Reads options; for {@link AgentOptions}. */
  public StorageOptions(ConfigReader reader) {
    reader
        .object("s3", child -> setS3(new S3Options(child)))
        .object("file", child -> child.string("directory", this::setDirectory).finish())
        .finish();
  }

  /** All options as JSON; secrets are masked. */
  public JsonObject toJson() {
    JsonObject json = new JsonObject();
    if (s3 != null) {
      json.put("s3", s3.toJson());
    }
    if (directory != null) {
      json.put("file", new JsonObject().put("directory", directory));
    }
    return json;
  }

  public @Nullable S3Options getS3() {
    return s3;
  }

  /** A bucket. */
  public StorageOptions setS3(S3Options s3) {
    this.s3 = s3;
    return this;
  }

  public @Nullable String getDirectory() {
    return directory;
  }

  /** A local directory: for development, and for agents that all see the same durable file system. */
  public StorageOptions setDirectory(String directory) {
    this.directory = directory;
    return this;
  }

  void validate() {
    if ((s3 == null) == (directory == null)) {
      throw StreamHouseException.of(
          ErrorCode.INVALID_CONFIGURATION,
          "option storage needs exactly one of storage.s3 and storage.file, but has "
              + (s3 == null ? "none" : "both"));
    }
    if (s3 != null) {
      s3.validate();
    }
  }

  Future<ObjectStore> open(Vertx vertx) {
    validate();
    String path = directory;
    return path != null
        ? FileObjectStore.open(vertx, Path.of(path)).map(store -> store)
        : S3ObjectStore.open(vertx, Objects.requireNonNull(s3)).map(store -> store);
  }
}
