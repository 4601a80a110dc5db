package io.streamhouse.cli;

import io.streamhouse.common.AgentAddress;
import io.streamhouse.common.Ranges;
import io.vertx.core.Promise;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code streamhouse dev}. */
@Command(
    name = "dev",
    description = {
      "Run everything on this machine until Ctrl-C: a PostgreSQL server, an object store in a"
          + " directory, and one agent. What is acknowledged survives, also kill -9; the next dev"
          + " with the same data directory goes on with it.",
      "Listens on 127.0.0.1 only."
    },
    footer = {
      "",
      "Examples:",
      "  streamhouse dev",
      "  streamhouse dev --data-dir /tmp/other --port 9570 --management-port 9571"
    })
final class DevCommand implements Callable<Integer> {
  /** The agent's name. */
  static final String AGENT_ID = "dev";

  private final Terminal terminal;

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      defaultValue = "streamhouse-data",
      description = "Holds database and objects. Default: ${DEFAULT-VALUE}")
  private Path dataDirectory = Path.of("streamhouse-data");

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "" + AgentAddress.DEFAULT_PORT,
      description = "Of the agent's gRPC server. Default: ${DEFAULT-VALUE}")
  private int port;

  @Option(
      names = "--management-port",
      paramLabel = "PORT",
      defaultValue = "9471",
      description =
          "Of HTTP health checks: /health/live and /health/ready. Default:" + " ${DEFAULT-VALUE}")
  private int managementPort;

  DevCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    checkPorts();
    Logging.levelForAgents();
    Promise<String> stop = Promise.promise();
    Signals.onFirst(stop::tryComplete);
    try (VertxSession session = new VertxSession()) {
      PortCheck.requireFree(session.vertx(), port, "--port");
      PortCheck.requireFree(session.vertx(), managementPort, "--management-port");
      try (EmbeddedStack stack =
          EmbeddedStack.start(session.vertx(), dataDirectory, AGENT_ID, port)) {
        VertxSession.await(HealthServer.start(session.vertx(), managementPort, stack.address()));
        greet(stack);
        String signal = VertxSession.await(stop.future());
        terminal.message("stopping: flushing what was accepted; once more to stop at once");
        return signal.equals("INT") ? ExitCodes.INTERRUPTED : ExitCodes.OK;
      }
    }
  }

  private void checkPorts() {
    try {
      Ranges.require("--port", port, 1, 65_535);
      Ranges.require("--management-port", managementPort, 1, 65_535);
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage(String.valueOf(e.getMessage()), e);
    }
    if (port == managementPort) {
      throw CommandFailure.usage("--port and --management-port must differ");
    }
  }

  private void greet(EmbeddedStack stack) {
    String bootstrap = port == AgentAddress.DEFAULT_PORT ? "" : " --bootstrap localhost:" + port;
    terminal.line("agent " + AGENT_ID + " ready on " + stack.address());
    terminal.line("  health      http://127.0.0.1:" + managementPort + "/health/ready");
    terminal.line("  postgresql  127.0.0.1:" + stack.postgresPort());
    terminal.line("  objects     " + stack.objects());
    terminal.line("Try, in another terminal:");
    terminal.line("  ./streamhouse topic create logs --partitions 3" + bootstrap);
    terminal.line("  ./streamhouse produce logs --file access.log" + bootstrap);
    terminal.line("  ./streamhouse consume logs --follow" + bootstrap);
    terminal.line("Ctrl-C stops it; the data stays.");
    terminal.flush();
  }
}
