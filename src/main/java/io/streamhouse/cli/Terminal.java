package io.streamhouse.cli;

import java.io.BufferedOutputStream;
import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The streams of the process, the only way in which commands print. Results go to stdout, all else to stderr; progress
 * only where a person sees it. Unlike {@code System.out} it does not hide that nobody reads any more. Text is UTF-8.
 */
final class Terminal {
  private static final int BUFFER_BYTES = 64 << 10;
  private static final String ERASE_LINE = "\r\u001b[K";

  private final InputStream in;
  private final OutputStream out;
  private final PrintStream err;
  private final boolean interactive;
  private boolean progressShown;

  /**
   * Creates a terminal.
   *
   * @param interactive whether a person sees stderr
   */
  Terminal(InputStream in, OutputStream out, OutputStream err, boolean interactive) {
    this.in = in;
    this.out = new BufferedOutputStream(out, BUFFER_BYTES);
    this.err = new PrintStream(err, true, StandardCharsets.UTF_8);
    this.interactive = interactive;
  }

  /** The one of this process. */
  static Terminal ofProcess() {
    return new Terminal(
        new FileInputStream(FileDescriptor.in),
        new FileOutputStream(FileDescriptor.out),
        new FileOutputStream(FileDescriptor.err),
        stderrIsTerminal());
  }

  InputStream in() {
    return in;
  }

  boolean isInteractive() {
    return interactive;
  }

  /** A line of result. */
  void line(String text) {
    bytes((text + "\n").getBytes(StandardCharsets.UTF_8));
  }

  /** Bytes of result. */
  void bytes(byte[] bytes) {
    try {
      out.write(bytes);
    } catch (IOException e) {
      throw new OutputFailure(e);
    }
  }

  void flush() {
    try {
      out.flush();
    } catch (IOException e) {
      throw new OutputFailure(e);
    }
  }

  /** A line for a person. */
  void message(String text) {
    clearProgress();
    err.println(text);
  }

  /** A stack trace, for those who ask for it. */
  void trace(Throwable failure) {
    clearProgress();
    failure.printStackTrace(err);
  }

  /** Rewrites the one line that shows how far things are; does nothing when nobody sees it. */
  void progress(String text) {
    if (interactive) {
      err.print(ERASE_LINE + text);
      err.flush();
      progressShown = true;
    }
  }

  void clearProgress() {
    if (progressShown) {
      err.print(ERASE_LINE);
      progressShown = false;
    }
  }

  private static boolean stderrIsTerminal() {
    Path stderr = Path.of("/proc/self/fd/2");
    if (Files.isSymbolicLink(stderr)) {
      try {
        String target = Files.readSymbolicLink(stderr).toString();
        return target.startsWith("/dev/pts/")
            || target.startsWith("/dev/tty")
            || target.equals("/dev/console");
      } catch (IOException e) {
        return false;
      }
    }
    // Without /proc Java knows only whether stdin and stdout are one terminal.
    Console console = System.console();
    return console != null;
  }
}
