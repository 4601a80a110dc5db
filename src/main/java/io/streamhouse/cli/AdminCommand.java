package io.streamhouse.cli;

import io.streamhouse.Admin;
import io.streamhouse.AdminOptions;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;

/** A command that asks agents something and prints the answer. */
abstract class AdminCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin
  private AgentsOption agents = new AgentsOption();

  AdminCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public final Integer call() {
    AdminOptions options = new AdminOptions().setBootstrap(agents.addresses());
    try (VertxSession session = new VertxSession()) {
      run(Admin.create(session.vertx(), options), terminal);
    }
    return ExitCodes.OK;
  }

  abstract void run(Admin admin, Terminal terminal);
}
