package io.streamhouse.testing;

import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A TCP proxy that can forget its connections, as a NAT does: they stay open, but nothing comes through any more. */
public final class HalfOpenProxy {
  private final Set<NetSocket> forgotten = ConcurrentHashMap.newKeySet();
  private final Set<NetSocket> open = ConcurrentHashMap.newKeySet();
  private final NetServer server;

  public HalfOpenProxy(Vertx vertx, int targetPort) {
    NetClient client = vertx.createNetClient();
    server = vertx.createNetServer().connectHandler(incoming -> {
      incoming.pause();
      open.add(incoming);
      incoming.closeHandler(v -> open.remove(incoming));
      client
          .connect(targetPort, "127.0.0.1")
          .onFailure(failure -> incoming.close())
          .onSuccess(outgoing -> {
            incoming.handler(bytes -> {
              if (!forgotten.contains(incoming)) {
                outgoing.write(bytes);
              }
            });
            outgoing.handler(bytes -> {
              if (!forgotten.contains(incoming)) {
                incoming.write(bytes);
              }
            });
            incoming.resume();
          });
    });
    Await.result(server.listen(0, "127.0.0.1"));
  }

  public String address() {
    return "127.0.0.1:" + server.actualPort();
  }

  /** Whatever is open now is silent from now on; new connections work. */
  public void forgetConnections() {
    forgotten.addAll(open);
  }
}
