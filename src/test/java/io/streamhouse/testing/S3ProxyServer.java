package io.streamhouse.testing;

import io.streamhouse.storage.s3.S3Options;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;
import org.gaul.s3proxy.nio2blob.TransientNio2BlobStore;
import org.jspecify.annotations.Nullable;

/**
 * A real S3 server in this JVM, over HTTP on a free port of 127.0.0.1, which checks signatures, checksums and conditions.
 * Objects lie in a directory, or in memory when there is none. One starts in about a second, further ones in
 * milliseconds.
 */
public final class S3ProxyServer implements AutoCloseable {
  public static final String ACCESS_KEY_ID = "test-identity";

  private final BlobStore store;
  private final S3Proxy server;
  private final String secret;
  private final String scheme;
  private final int port;

  private S3ProxyServer(BlobStore store, S3Proxy server, String secret, String scheme, int port) {
    this.store = store;
    this.server = server;
    this.secret = secret;
    this.scheme = scheme;
    this.port = port;
  }

  /** Starts a server; its objects lie below the directory, which outlives it, or with null in memory. */
  public static S3ProxyServer start(@Nullable Path directory) throws Exception {
    return start(directory, null, "");
  }

  /** Starts a server that speaks TLS with the key in a PKCS12 file. */
  public static S3ProxyServer startTls(Path keyStore, String password) throws Exception {
    return start(null, keyStore, password);
  }

  private static S3ProxyServer start(
      @Nullable Path directory, @Nullable Path keyStore, String password) throws Exception {
    BlobStore store = directory == null
        ? new TransientNio2BlobStore()
        : new FilesystemNio2BlobStore(created(directory).toString());
    String secret = UUID.randomUUID().toString();
    S3Proxy.Builder builder = S3Proxy.builder()
        .blobStore(store)
        // Its default waits for idle connections for two seconds on each stop.
        .stopTimeout(0)
        .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, ACCESS_KEY_ID, secret);
    if (keyStore == null) {
      S3Proxy server = builder.endpoint(URI.create("http://127.0.0.1:0")).build();
      server.start();
      return new S3ProxyServer(store, server, secret, "http", server.getPort());
    }
    S3Proxy server = builder
        .secureEndpoint(URI.create("https://127.0.0.1:0"))
        .keyStore(keyStore.toString(), password)
        .build();
    server.start();
    return new S3ProxyServer(store, server, secret, "https", server.getSecurePort());
  }

  private static Path created(Path directory) throws IOException {
    return Files.createDirectories(directory);
  }

  /** Options for a bucket, which is created when it does not exist. */
  public S3Options options(String bucket) {
    if (!store.containerExists(bucket)) {
      store.createContainer(bucket);
    }
    return optionsWithoutBucket(bucket);
  }

  /** Options that name a bucket without creating it. */
  public S3Options optionsWithoutBucket(String bucket) {
    return new S3Options()
        .setEndpoint(scheme + "://127.0.0.1:" + port)
        .setPathStyle(true)
        .setBucket(bucket)
        .setAccessKeyId(ACCESS_KEY_ID)
        .setSecretAccessKey(secret);
  }

  public int port() {
    return port;
  }

  @Override
  public void close() throws Exception {
    server.stop();
    store.close();
  }
}
