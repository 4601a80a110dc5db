package io.streamhouse.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;

/** Puts the commands together and runs one. */
public final class CommandRunner {
  private CommandRunner() {}

  /** Runs a command on the streams of this process and returns its exit code. */
  public static int run(String[] args) {
    return run(args, Terminal.ofProcess());
  }

  static int run(String[] args, Terminal terminal) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line =
        commandLine(terminal).setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    ErrorReporter reporter = new ErrorReporter(terminal);
    line.setParameterExceptionHandler(reporter).setExecutionExceptionHandler(reporter);
    int exitCode = line.execute(args);
    // Help and version are all that picocli prints itself.
    try {
      if (out.getBuffer().length() > 0) {
        terminal.line(out.toString().stripTrailing());
      }
      terminal.flush();
    } catch (OutputFailure e) {
      return reporter.report(e, false, false);
    }
    if (err.getBuffer().length() > 0) {
      terminal.message(err.toString().stripTrailing());
    }
    return exitCode;
  }

  static CommandLine commandLine(Terminal terminal) {
    CommandLine line = new CommandLine(new StreamHouseCommand());
    line.addSubcommand(new DemoCommand(terminal));
    line.addSubcommand(new DevCommand(terminal));
    line.addSubcommand(new TopicCommand(terminal).withSubcommands());
    line.addSubcommand(new ProduceCommand(terminal));
    line.addSubcommand(new ConsumeCommand(terminal));
    line.addSubcommand(new AgentCommand(terminal));
    line.addSubcommand(new SegmentCommand(terminal).withSubcommands());
    line.addSubcommand(new BenchCommand(terminal));
    line.addSubcommand(new GenerateCompletion());
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setUsageHelpAutoWidth(true);
    line.setAbbreviatedOptionsAllowed(false);
    return line;
  }
}
