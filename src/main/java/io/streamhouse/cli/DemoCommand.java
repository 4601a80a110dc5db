package io.streamhouse.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code streamhouse demo}. */
@Command(
    name = "demo",
    description = {
      "Run the main job once, visibly: start a PostgreSQL server, an object store and an agent; send"
          + " every line of a file; read everything back; compare; show what was stored; clean up.",
      "Exit code 0 when every byte came back."
    },
    footer = {"", "Examples:", "  streamhouse demo", "  streamhouse demo --file access.log"})
final class DemoCommand implements Callable<Integer> {
  private static final String SAMPLE = "/demo/sample.ndjson";

  private final Terminal terminal;

  @Option(
      names = "--file",
      paramLabel = "FILE",
      description = "Any file of lines. Default: a bundled access log of 1,000 lines")
  private @Nullable Path file;

  DemoCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    try (InputStream input = open();
        TemporaryDirectory directory = new TemporaryDirectory("streamhouse-demo-");
        VertxSession session = new VertxSession()) {
      Interruption.endsWhatRuns();
      terminal.line("1. starting PostgreSQL, an object store and an agent in " + directory.path());
      terminal.flush();
      try (EmbeddedStack stack =
          EmbeddedStack.start(session.vertx(), directory.path(), "demo", 0)) {
        terminal.line(
            "   agent on " + stack.address() + ", PostgreSQL on port " + stack.postgresPort());
        boolean same = new DemoJob(session.vertx(), terminal, stack).run(input);
        terminal.line(same ? "OK: what was read is what was sent" : "FAILED: see the lines above");
        terminal.flush();
        return same ? ExitCodes.OK : ExitCodes.FAILED;
      }
    }
  }

  private InputStream open() throws IOException {
    if (file != null) {
      return InputFiles.open(file);
    }
    InputStream sample = DemoCommand.class.getResourceAsStream(SAMPLE);
    if (sample == null) {
      throw CommandFailure.failed("this build lacks its sample " + SAMPLE);
    }
    return sample;
  }
}
