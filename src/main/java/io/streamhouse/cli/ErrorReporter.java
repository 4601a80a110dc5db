package io.streamhouse.cli;

import io.streamhouse.ErrorCode;
import io.streamhouse.StreamHouseException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns whatever went wrong into one line on stderr that says what to do, and an exit code. */
final class ErrorReporter implements IExecutionExceptionHandler, IParameterExceptionHandler {
  private static final String PREFIX = "streamhouse: ";

  private final Terminal terminal;

  ErrorReporter(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public int handleExecutionException(
      Exception failure, CommandLine commandLine, ParseResult result) {
    CommandLine root = commandLine;
    while (root.getParent() != null) {
      root = root.getParent();
    }
    return report(
        failure,
        ((StreamHouseCommand) root.getCommand()).isVerbose(),
        commandLine.getCommandSpec().findOption("--bootstrap") != null);
  }

  @Override
  public int handleParseException(ParameterException failure, String[] args) {
    CommandLine command = failure.getCommandLine();
    String name = command.getCommandSpec().qualifiedName();
    terminal.message(PREFIX + oneLine(describe(failure)) + "; see '" + name + " --help'");
    return ExitCodes.USAGE;
  }

  int report(Throwable failure, boolean verbose, boolean atAgents) {
    if (verbose) {
      terminal.trace(failure);
    }
    if (failure instanceof OutputFailure output && output.isClosedPipe()) {
      return ExitCodes.OK;
    }
    if (failure instanceof CommandFailure known) {
      terminal.message(PREFIX + oneLine(known.getMessage()));
      return known.exitCode();
    }
    if (failure instanceof StreamHouseException known) {
      terminal.message(PREFIX + oneLine(Hints.explain(known, atAgents)));
      return known.code() == ErrorCode.INVALID_CONFIGURATION
              || known.code() == ErrorCode.INVALID_TOPIC
          ? ExitCodes.USAGE
          : ExitCodes.FAILED;
    }
    if (failure instanceof OutputFailure) {
      terminal.message(PREFIX + oneLine(failure.getMessage()));
      return ExitCodes.FAILED;
    }
    terminal.message(PREFIX + "unexpected failure: " + oneLine(failure.toString())
        + "; run it again with --verbose for details");
    return ExitCodes.FAILED;
  }

  private static String describe(ParameterException failure) {
    if (!(failure instanceof UnmatchedArgumentException unmatched)) {
      return String.valueOf(failure.getMessage());
    }
    String given = "unknown command or option '" + unmatched.getUnmatched().get(0) + "'";
    return unmatched.getSuggestions().isEmpty()
        ? given
        : given + ", did you mean " + String.join(" or ", unmatched.getSuggestions()) + "?";
  }

  private static String oneLine(@org.jspecify.annotations.Nullable String text) {
    return String.valueOf(text).strip().replaceAll("\\s*[\\r\\n]+\\s*", "; ");
  }
}
