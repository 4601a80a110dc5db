package io.streamhouse.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigFileTest {
  @TempDir
  private Path directory;

  private Path file(String text) throws IOException {
    return Files.writeString(directory.resolve("agent.json"), text);
  }

  private void refused(String text, String message) throws IOException {
    Path file = file(text);
    assertThatThrownBy(() -> ConfigFile.read(file))
        .isInstanceOfSatisfying(
            CommandFailure.class, e -> assertThat(e.exitCode()).isEqualTo(2))
        .hasMessageStartingWith(file.toString())
        .hasMessageContaining(message);
  }

  @Test
  void anObjectIsReadWithOrWithoutByteOrderMark() throws IOException {
    assertThat(ConfigFile.read(file("{\"port\":1}")).getInteger("port")).isEqualTo(1);
    assertThat(ConfigFile.read(file("\ufeff{\r\n\"port\":1}")).getInteger("port"))
        .isEqualTo(1);
  }

  @Test
  void malformedJsonIsReportedWithLineAndColumn() throws IOException {
    refused("{\n  \"port\" 9470\n}", "line 2, column 10");
    refused("{\n\"port\": 1", "line 2");
    refused("{} {}", "something behind the end");
  }

  @Test
  void aKeyGivenTwiceIsRefused() throws IOException {
    refused("{\"port\": 1, \"port\": 2}", "Duplicate field 'port'");
  }

  @Test
  void anythingButAnObjectIsRefused() throws IOException {
    refused("[1]", "one JSON object");
    refused("", "one JSON object");
  }

  @Test
  void missingAndHugeFilesAreRefused() throws IOException {
    assertThatThrownBy(() -> ConfigFile.read(directory.resolve("none.json")))
        .hasMessageContaining("does not exist");
    refused(" ".repeat(2 << 20), "is larger than 1048576 bytes");
  }

  @Test
  void anOptionThatVertxDoesNotKnowIsRefused() throws IOException {
    assertThat(
            ConfigFile.readVertxOptions(file("{\"eventLoopPoolSize\": 3}")).getEventLoopPoolSize())
        .isEqualTo(3);
    Path typo = file("{\"eventLoopPoolsize\": 3}");
    assertThatThrownBy(() -> ConfigFile.readVertxOptions(typo))
        .hasMessageContaining("no option eventLoopPoolsize");
    Path nested = file("{\"eventBusOptions\": {\"prot\": 3}}");
    assertThatThrownBy(() -> ConfigFile.readVertxOptions(nested))
        .hasMessageContaining("no option eventBusOptions.prot");
  }
}
