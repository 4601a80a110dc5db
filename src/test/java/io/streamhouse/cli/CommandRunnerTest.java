package io.streamhouse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class CommandRunnerTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int run(String... args) {
    ByteArrayInputStream in = new ByteArrayInputStream("a line\n".getBytes(StandardCharsets.UTF_8));
    return CommandRunner.run(args, new Terminal(in, out, err, false));
  }

  private String stderr() {
    return err.toString(StandardCharsets.UTF_8);
  }

  private String stdout() {
    return out.toString(StandardCharsets.UTF_8);
  }

  /** A port at which nothing listens. */
  private static String deadAgent() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return "127.0.0.1:" + socket.getLocalPort();
    }
  }

  @Test
  void noCommandAndUnknownOnesAreUsageErrorsInOneLine() {
    assertThat(run()).isEqualTo(2);
    assertThat(run("frobnicate")).isEqualTo(2);
    assertThat(run("topic")).isEqualTo(2);
    assertThat(run("topic", "create")).isEqualTo(2);
    assertThat(stdout()).isEmpty();
    assertThat(stderr().lines()).allMatch(line -> line.startsWith("streamhouse: "));
  }

  @Test
  void everyCommandHasHelpWithExamples() {
    CommandLine root = CommandRunner.commandLine(new Terminal(System.in, out, err, false));
    everyCommandHasHelp(root, "");
  }

  private void everyCommandHasHelp(CommandLine line, String path) {
    line.getSubcommands().forEach((name, command) -> {
      out.reset();
      String whole = (path + " " + name).strip();
      assertThat(run((whole + " --help").split(" "))).as(whole).isZero();
      assertThat(stdout()).contains("Usage: streamhouse " + whole).contains("--verbose");
      if (!name.equals("generate-completion")) {
        assertThat(stdout()).containsAnyOf("Example:", "Examples:");
      }
      everyCommandHasHelp(command, whole);
    });
  }

  @Test
  void theHelpOfTheProgramNamesItsExitCodes() {
    assertThat(run("--help")).isZero();
    assertThat(stdout()).contains("Exit codes:").contains("130");
  }

  @Test
  void theVersionNamesTheCommit() {
    assertThat(run("--version")).isZero();
    assertThat(stdout()).matches("(?s)streamhouse \\S+ \\(commit ([0-9a-f]{12}|unknown), Java .*");
  }

  @Test
  void completionIsGenerated() {
    assertThat(run("generate-completion")).isZero();
    assertThat(stdout()).contains("complete -F").contains("--key-separator");
  }

  @ParameterizedTest
  @ValueSource(strings = {"topic list", "topic describe t", "produce t", "consume t"})
  void aDeadAgentIsNamedWithWhatToDo(String command) throws IOException {
    String agent = deadAgent();
    assertThat(run((command + " --bootstrap " + agent).split(" "))).isEqualTo(1);
    assertThat(stdout()).isEmpty();
    assertThat(stderr().lines()).hasSize(1);
    assertThat(stderr()).contains("cannot reach an agent at " + agent).contains("--bootstrap");
  }

  @Test
  void ofSeveralDeadAgentsAllAreNamed() throws IOException {
    String first = deadAgent();
    String second = deadAgent();
    assertThat(run("topic", "list", "--bootstrap", first + "," + second)).isEqualTo(1);
    assertThat(stderr()).contains(first + ", " + second);
  }

  @Test
  void stackTracesAppearOnlyWhenAskedFor() throws IOException {
    run("topic", "list", "--bootstrap", deadAgent());
    assertThat(stderr()).doesNotContain("\tat ");
    run("topic", "list", "--verbose", "--bootstrap", deadAgent());
    assertThat(stderr()).contains("Caused by: ").contains("\tat ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "topic list --bootstrap a:notaport",
        "topic create bad/name",
        "topic create t --partitions 0",
        "topic create t --partitions many",
        "topic alter t",
        "produce bad/name",
        "produce t --key-separator ab",
        "produce t --key-separator : --key-field f",
        "produce t --header novalue",
        "produce t --compression brotli",
        "produce t --linger-ms -1",
        "consume t --max 0",
        "consume t --offset 5",
        "consume t --offset 5 --from earliest --partition 0",
        "consume t --offset -5 --partition 0",
        "consume t --partition -1",
        "consume t --from tomorrow",
        "agent",
        "agent --conf /does/not/exist.json"
      })
  void wrongArgumentsAreUsageErrorsInOneLine(String command) {
    assertThat(run(command.split(" "))).as(stderr()).isEqualTo(2);
    assertThat(stdout()).isEmpty();
    assertThat(stderr().lines()).hasSize(1).allMatch(line -> line.startsWith("streamhouse: "));
  }

  @Test
  void aMissingFileIsNamed() {
    assertThat(run("produce", "t", "--file", "/does/not/exist")).isEqualTo(1);
    assertThat(stderr()).contains("/does/not/exist does not exist");
  }
}
