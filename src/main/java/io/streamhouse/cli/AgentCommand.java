package io.streamhouse.cli;

import io.streamhouse.StreamHouseException;
import io.streamhouse.agent.AgentOptions;
import io.vertx.core.Promise;
import io.vertx.core.VertxOptions;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code streamhouse agent}. */
@Command(
    name = "agent",
    description = {
      "Run an agent against PostgreSQL and an object store.",
      "SIGTERM and Ctrl-C drain it: what was accepted is stored, committed and acknowledged; a"
          + " second one stops it at once. Secrets come from the environment:"
          + " STREAMHOUSE_PG_PASSWORD, and AWS_ACCESS_KEY_ID and the like as the AWS SDK reads them."
    },
    footer = {"", "Example:", "  streamhouse agent --conf conf/agent.json"})
final class AgentCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Option(
      names = "--conf",
      paramLabel = "FILE",
      required = true,
      description = "Its configuration, as JSON; see conf/agent.json.")
  private Path conf = Path.of("");

  @Option(
      names = "--vertx-options",
      paramLabel = "FILE",
      description = "Options of Vert.x itself, as JSON; see conf/vertx-options.json.")
  private @Nullable Path vertxOptions;

  AgentCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    Logging.levelForAgents();
    AgentOptions options = read(conf);
    Promise<String> stop = Promise.promise();
    Signals.onFirst(stop::tryComplete);
    VertxOptions vertx =
        vertxOptions == null ? VertxSession.DEFAULTS : ConfigFile.readVertxOptions(vertxOptions);
    try (VertxSession session = new VertxSession(vertx)) {
      AgentRunner agent = VertxSession.await(AgentRunner.start(session.vertx(), options));
      terminal.line("agent " + options.getAgentId() + " ready on " + agent.address());
      terminal.flush();
      String signal = VertxSession.await(stop.future());
      VertxSession.await(agent.stop());
      return signal.equals("INT") ? ExitCodes.INTERRUPTED : ExitCodes.OK;
    }
  }

  /** The options of a file, with secrets of the environment in the place of its own. */
  static AgentOptions read(Path file) {
    try {
      return new AgentOptions(ConfigFile.read(file))
          .takeSecrets(System.getenv())
          .validate();
    } catch (StreamHouseException e) {
      throw CommandFailure.usage(file + ": " + e.getMessage(), e);
    }
  }
}
