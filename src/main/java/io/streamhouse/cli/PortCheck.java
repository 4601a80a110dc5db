package io.streamhouse.cli;

import io.streamhouse.Admin;
import io.streamhouse.AdminOptions;
import io.streamhouse.AgentDescription;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;

/** Finds out before anything is started whether a port is free, and if not, who has it. */
final class PortCheck {
  private static final int PROBE_TIMEOUT_MS = 1_000;

  private PortCheck() {}

  /**
   * Fails with exit code 1 when a port of this machine is taken.
   *
   * @param option that chooses another one
   */
  static void requireFree(Vertx vertx, int port, String option) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    } catch (IOException e) {
      throw CommandFailure.failed(
          "port " + port + " is taken" + holder(vertx, port) + ": choose another one with " + option
              + ", for example " + option + " " + suggestion(port),
          e);
    }
  }

  private static String holder(Vertx vertx, int port) {
    Admin admin = Admin.create(
        vertx,
        new AdminOptions()
            .setBootstrap(List.of("127.0.0.1:" + port))
            .setRequestTimeoutMs(PROBE_TIMEOUT_MS));
    return VertxSession.await(
        admin.listAgents().map(PortCheck::describe).recover(failure -> Future.succeededFuture("")));
  }

  private static String describe(List<AgentDescription> agents) {
    boolean development =
        agents.stream().anyMatch(agent -> agent.agentId().equals(DevCommand.AGENT_ID));
    return development ? " by another 'streamhouse dev'" : " by a StreamHouse agent";
  }

  private static int suggestion(int port) {
    return port > 65_000 ? port - 100 : port + 100;
  }
}
