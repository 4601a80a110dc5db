package io.streamhouse.cli;

import io.streamhouse.Admin;
import io.streamhouse.AdminOptions;
import io.streamhouse.common.AgentAddress;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerResponse;
import java.util.List;

/**
 * Health checks of the embedded stack over HTTP, on 127.0.0.1. Live: the process answers. Ready: the agent answers a
 * question that takes it to its database.
 */
final class HealthServer {
  private static final int CHECK_TIMEOUT_MS = 2_000;

  private HealthServer() {}

  static Future<HttpServer> start(Vertx vertx, int port, AgentAddress agent) {
    Admin admin = Admin.create(
        vertx,
        new AdminOptions()
            .setBootstrap(List.of(agent.toString()))
            .setRequestTimeoutMs(CHECK_TIMEOUT_MS));
    return vertx
        .createHttpServer()
        .requestHandler(request -> {
          HttpServerResponse response = request.response();
          switch (request.path()) {
            case "/health/live" -> answer(response, 200, "live");
            case "/health/ready" ->
              admin
                  .listTopics()
                  .onSuccess(topics -> answer(response, 200, "ready"))
                  .onFailure(
                      failure -> answer(response, 503, "not ready: " + failure.getMessage()));
            default -> answer(response, 404, "see /health/live and /health/ready");
          }
        })
        .listen(port, "127.0.0.1");
  }

  private static void answer(HttpServerResponse response, int status, String text) {
    VertxSession.log(response
        .setStatusCode(status)
        .putHeader("content-type", "text/plain; charset=utf-8")
        .end(text + "\n"));
  }
}
