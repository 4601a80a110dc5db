package io.streamhouse.agent;

import io.streamhouse.ErrorCode;
import io.streamhouse.StreamHouseException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.grpc.health.HealthService;
import io.vertx.grpc.reflection.ReflectionService;
import io.vertx.grpc.server.GrpcProtocol;
import io.vertx.grpc.server.GrpcServer;
import io.vertx.grpc.server.GrpcServerOptions;
import java.io.IOException;

/** The agent's gRPC server: its services, health and reflection, over HTTP/2 alone. */
final class RpcServer {
  private static final int STREAMS_MAX = 1_000;
  private static final int WINDOW_BYTES = 8 << 20;
  private static final int HEADER_BYTES_MAX = 16 << 10;
  private static final int MESSAGE_OVERHEAD_BYTES = 2 << 20;
  private static final int RESETS_PER_WINDOW_MAX = 2_000;
  private static final String HEALTH_NAME = "streamhouse.v1.ProducerService";

  private RpcServer() {}

  /** Starts to listen. Fails with UNAVAILABLE when the port is taken. */
  static Future<HttpServer> listen(Vertx vertx, Agent agent) {
    AgentOptions options = agent.options();
    GrpcServer grpc = GrpcServer.server(
        vertx,
        new GrpcServerOptions()
            .removeEnabledProtocol(GrpcProtocol.WEB)
            .removeEnabledProtocol(GrpcProtocol.WEB_TEXT)
            .removeEnabledProtocol(GrpcProtocol.TRANSCODING)
            .setScheduleDeadlineAutomatically(true)
            .setMaxMessageSize(options.getBatchBytesMax() + MESSAGE_OVERHEAD_BYTES));
    grpc.addService(new ProducerRpc(agent));
    grpc.addService(new MetadataRpc(agent));
    grpc.addService(new FetchRpc(agent));
    grpc.addService(HealthService.create(vertx)
        .register("", () -> Future.succeededFuture(agent.isReady()))
        .register(HEALTH_NAME, () -> Future.succeededFuture(agent.isReady())));
    grpc.addService(ReflectionService.v1());
    return vertx
        .createHttpServer(httpOptions())
        .requestHandler(request -> handle(grpc, request))
        .listen(options.getPort(), options.getHost())
        .recover(failure -> Future.failedFuture(explain(options, failure)));
  }

  private static HttpServerOptions httpOptions() {
    HttpServerOptions http = new HttpServerOptions()
        .setHttp2ConnectionWindowSize(WINDOW_BYTES)
        .setHttp2RstFloodMaxRstFramePerWindow(RESETS_PER_WINDOW_MAX)
        .setReuseAddress(true);
    http.getInitialSettings()
        .setMaxConcurrentStreams(STREAMS_MAX)
        .setInitialWindowSize(WINDOW_BYTES)
        .setMaxHeaderListSize(HEADER_BYTES_MAX);
    return http;
  }

  /**
   * Refuses compressed messages: Vert.x bounds only their compressed size, so that one of 200 KiB can fill the memory.
   * Batches have a compression of their own, which is bounded.
   */
  private static void handle(GrpcServer grpc, HttpServerRequest request) {
    String encoding = request.getHeader("grpc-encoding");
    if (encoding == null || encoding.equals("identity")) {
      grpc.handle(request);
      return;
    }
    request
        .response()
        .putHeader("content-type", "application/grpc")
        .putHeader("grpc-accept-encoding", "identity")
        .putHeader("grpc-status", "12")
        .putHeader(
            "grpc-message", "compressed messages are not taken: compress the batches instead")
        .end();
  }

  private static Throwable explain(AgentOptions options, Throwable failure) {
    // The native transport's failures are no BindException.
    if (failure instanceof IOException) {
      return StreamHouseException.of(
          ErrorCode.UNAVAILABLE,
          "cannot listen on port " + options.getPort() + " of " + options.getHost() + " ("
              + failure.getMessage() + "): choose another host or port",
          failure);
    }
    return failure;
  }
}
