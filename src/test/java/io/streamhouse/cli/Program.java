package io.streamhouse.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The packaged program as a process of its own. */
final class Program implements AutoCloseable {
  private static final long TIMEOUT_SECONDS = 120;

  private final Process process;
  private final Collected out;
  private final Collected err;

  /** What came out of a stream so far. */
  private static final class Collected extends Thread {
    private final InputStream in;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    Collected(InputStream in) {
      this.in = in;
      setDaemon(true);
      start();
    }

    @Override
    public void run() {
      try {
        in.transferTo(bytes);
      } catch (IOException e) {
        // The process was killed, or the test has closed the pipe: what came before counts.
        interrupt();
      }
    }
  }

  private Program(Process process, boolean readOutput) {
    this.process = process;
    out = new Collected(readOutput ? process.getInputStream() : InputStream.nullInputStream());
    err = new Collected(process.getErrorStream());
  }

  static Program start(String... args) {
    return start(true, args);
  }

  /**
   * Starts it.
   *
   * @param readOutput false: the test reads {@link #output()} itself
   */
  static Program start(boolean readOutput, String... args) {
    List<String> command = new ArrayList<>(List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xmx256m",
        "-jar",
        System.getProperty("streamhouse.jar")));
    command.addAll(List.of(args));
    try {
      return new Program(new ProcessBuilder(command).start(), readOutput);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs it to its end, with nothing on stdin. */
  static Program run(String... args) {
    return run(new byte[0], args);
  }

  static Program run(byte[] stdin, String... args) {
    Program program = start(args);
    program.write(stdin);
    program.endInput();
    program.await();
    return program;
  }

  void write(byte[] bytes) {
    try {
      OutputStream stdin = process.getOutputStream();
      stdin.write(bytes);
      stdin.flush();
    } catch (IOException e) {
      // It has ended without reading on; its exit code tells why.
      err.interrupt();
    }
  }

  void endInput() {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      err.interrupt();
    }
  }

  InputStream output() {
    return process.getInputStream();
  }

  int await() {
    try {
      if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError("still running after " + TIMEOUT_SECONDS + " s: " + stderr());
      }
      out.join();
      err.join();
      return process.exitValue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  int exitCode() {
    return process.exitValue();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  void signal(String name) {
    try {
      new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
          .start()
          .waitFor();
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  byte[] stdoutBytes() {
    return out.bytes.toByteArray();
  }

  String stdout() {
    return out.bytes.toString(StandardCharsets.UTF_8);
  }

  String stderr() {
    return err.bytes.toString(StandardCharsets.UTF_8);
  }

  static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Kills it if it still runs. */
  @Override
  public void close() {
    if (process.isAlive()) {
      process.destroyForcibly();
      await();
    }
  }
}
