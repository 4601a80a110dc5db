package io.streamhouse;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamhouse.testing.MarkdownTables;
import io.vertx.grpc.common.GrpcStatus;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Holds docs/errors.md against the enum. */
class ErrorsDocsTest {
  @Test
  void everyCodeIsDocumentedAsItIs() {
    List<List<String>> rows = MarkdownTables.read(Path.of("docs/errors.md")).get("Codes").stream()
        .map(row -> row.subList(0, 4))
        .toList();
    List<List<String>> codes = Arrays.stream(ErrorCode.values())
        .map(code -> List.of(
            "`" + code.name() + "`",
            Integer.toString(code.number()),
            GrpcStatus.valueOf(code.grpcStatus()).name(),
            code.isRetriable() ? "yes" : "no"))
        .toList();
    assertThat(rows).containsExactlyElementsOf(codes);
  }
}
