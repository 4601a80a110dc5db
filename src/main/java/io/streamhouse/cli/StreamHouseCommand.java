package io.streamhouse.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The program itself. */
@Command(
    name = "streamhouse",
    versionProvider = BuildVersion.class,
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    synopsisSubcommandLabel = "COMMAND",
    description = "Event streaming whose only disk is object storage.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done; agent and dev also after SIGTERM",
      "1:it did not work; stderr says why",
      "2:the command line or a configuration file is wrong",
      "130:stopped by Ctrl-C"
    })
final class StreamHouseCommand implements Runnable {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Option(
      names = "--verbose",
      scope = ScopeType.INHERIT,
      description = "Show stack traces of failures.")
  private boolean verbose;

  boolean isVerbose() {
    return verbose;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing: try 'demo'");
  }
}
