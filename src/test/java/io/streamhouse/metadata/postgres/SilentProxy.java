package io.streamhouse.metadata.postgres;

import io.streamhouse.testing.TestPostgres;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A TCP proxy that can stop passing bytes on without closing anything: a network path that is lost. */
final class SilentProxy {
  private final NetClient client;
  private final NetServer server;
  private final List<NetSocket> sockets = new CopyOnWriteArrayList<>();
  private final AtomicInteger closedByClient = new AtomicInteger();
  private volatile boolean silent;

  SilentProxy(Vertx vertx, int targetPort) {
    client = vertx.createNetClient();
    server = vertx.createNetServer().connectHandler(incoming -> {
      incoming.pause();
      sockets.add(incoming);
      incoming.closeHandler(v -> closedByClient.incrementAndGet());
      client.connect(targetPort, "127.0.0.1").onSuccess(outgoing -> {
        incoming.handler(bytes -> pass(bytes, outgoing));
        outgoing.handler(bytes -> pass(bytes, incoming));
        incoming.resume();
      });
    });
    TestPostgres.await(server.listen(0, "127.0.0.1"));
  }

  int port() {
    return server.actualPort();
  }

  /** From now on bytes vanish on connections that are open, in both directions. */
  void fallSilent() {
    silent = true;
  }

  /** Passes bytes on again, on new connections as on old ones. */
  void recover() {
    silent = false;
  }

  int closedByClient() {
    return closedByClient.get();
  }

  private void pass(Buffer bytes, NetSocket to) {
    if (!silent) {
      to.write(bytes);
    }
  }
}
