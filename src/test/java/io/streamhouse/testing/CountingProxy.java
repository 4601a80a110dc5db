package io.streamhouse.testing;

import io.streamhouse.common.AgentAddress;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.util.concurrent.atomic.AtomicInteger;

/** Passes TCP connections on to an agent, and counts them. */
public final class CountingProxy {
  private final AtomicInteger opened = new AtomicInteger();
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicInteger mostOpen = new AtomicInteger();
  private final NetServer server;
  private final NetClient client;
  private volatile AgentAddress target;

  public CountingProxy(Vertx vertx) {
    client = vertx.createNetClient();
    server = vertx.createNetServer().connectHandler(this::connected);
    TestStack.await(server.listen(0, "127.0.0.1"));
  }

  /** Where clients connect. */
  public AgentAddress address() {
    return new AgentAddress("127.0.0.1", server.actualPort());
  }

  public void passOnTo(AgentAddress agent) {
    target = agent;
  }

  /** Connections ever made. */
  public int opened() {
    return opened.get();
  }

  /** Connections that are open now. */
  public int open() {
    return open.get();
  }

  /** The most that were open at once. */
  public int mostOpen() {
    return mostOpen.get();
  }

  private void connected(NetSocket accepted) {
    opened.incrementAndGet();
    mostOpen.accumulateAndGet(open.incrementAndGet(), Math::max);
    accepted.closeHandler(v -> open.decrementAndGet());
    accepted.pause();
    client
        .connect(target.port(), target.host())
        .onFailure(failure -> accepted.close())
        .onSuccess(forwarded -> {
          accepted.pipeTo(forwarded);
          forwarded.pipeTo(accepted);
        });
  }
}
