package io.streamhouse.storage.s3;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.net.TrustOptions;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.http.async.AsyncExecuteRequest;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;

/**
 * The SDK's HTTP client over Vert.x's: a request runs on the event loop of the verticle that asks, without threads or a
 * Netty of the SDK's own.
 */
final class VertxSdkHttpClient implements SdkAsyncHttpClient {
  /** A request that finds so many before it waits longer than its time-out. */
  private static final int WAITING_MAX = 4096;

  /** Larger pieces of a body mean fewer turns of the event loop; Vert.x's own default is 8 KiB. */
  private static final int CHUNK_BYTES_MAX = 1 << 16;

  /** S3 closes idle connections after 20 s or more; using one that is being closed costs an attempt. */
  private static final int KEEP_ALIVE_SECONDS = 10;

  private final Vertx vertx;
  private final HttpClient client;

  /**
   * Creates a client.
   *
   * @param trust whom to trust; null: the JVM's trust store
   */
  VertxSdkHttpClient(Vertx vertx, S3Options options, @Nullable TrustOptions trust) {
    this.vertx = vertx;
    HttpClientOptions http = new HttpClientOptions()
        .setConnectTimeout(options.getConnectTimeoutMs())
        .setKeepAliveTimeout(KEEP_ALIVE_SECONDS)
        .setMaxChunkSize(CHUNK_BYTES_MAX)
        .setDecompressionSupported(false)
        .setVerifyHost(true);
    if (trust != null) {
      http.setTrustOptions(trust);
    }
    PoolOptions pool = new PoolOptions()
        .setHttp1MaxSize(options.getMaxConnections())
        .setMaxWaitQueueSize(WAITING_MAX);
    client = vertx.createHttpClient(http, pool);
  }

  @Override
  public CompletableFuture<Void> execute(AsyncExecuteRequest request) {
    HttpExchange exchange;
    if (Vertx.currentContext() != null) {
      exchange = new HttpExchange(vertx.getOrCreateContext(), request);
      exchange.start(client);
    } else {
      Context context = vertx.getOrCreateContext();
      exchange = new HttpExchange(context, request);
      context.runOnContext(v -> exchange.start(client));
    }
    return exchange.done();
  }

  @Override
  public String clientName() {
    return "Vertx";
  }

  Future<Void> shutdown() {
    return client.close();
  }

  /** The SDK calls this only for clients that it has made; see {@link #shutdown}. */
  @Override
  public void close() {}
}
