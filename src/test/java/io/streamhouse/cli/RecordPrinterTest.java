package io.streamhouse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamhouse.ConsumerRecord;
import io.streamhouse.RecordHeader;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecordPrinterTest {
  private static final Buffer BINARY = Buffer.buffer(new byte[] {(byte) 0xff, 0, 10});

  private static ConsumerRecord record(Buffer key, Buffer value) {
    return new ConsumerRecord(
        "t", 2, 17, 1_700_000_000_000L, key, value, List.of(RecordHeader.of("a", "b")));
  }

  private static Buffer print(RecordPrinter printer, ConsumerRecord record) {
    Buffer output = Buffer.buffer();
    printer.print(record, output);
    return output;
  }

  @Test
  void valuesGoOutAsTheBytesTheyAre() {
    RecordPrinter plain = new RecordPrinter(false, false, false, false, false, false, (byte) '\t');
    assertThat(print(plain, record(null, BINARY))).isEqualTo(BINARY.copy().appendByte((byte) '\n'));
    assertThat(print(plain, record(null, null))).isEqualTo(Buffer.buffer("\n"));
  }

  @Test
  void fieldsStandBeforeTheValueInTheirOrder() {
    RecordPrinter all = new RecordPrinter(false, true, true, true, true, true, (byte) '|');
    assertThat(print(all, record(Buffer.buffer("k"), Buffer.buffer("v"))))
        .hasToString("2|17|2023-11-14T22:13:20Z|a=b|k|v\n");
  }

  @Test
  void jsonTellsNullFromEmptyAndMarksWhatIsNoText() {
    RecordPrinter json = new RecordPrinter(true, false, false, false, false, false, (byte) '\t');
    JsonObject printed = new JsonObject(print(json, record(null, BINARY)));
    assertThat(printed.containsKey("key")).isTrue();
    assertThat(printed.getValue("key")).isNull();
    assertThat(Base64.getDecoder().decode(printed.getString("valueBase64")))
        .isEqualTo(BINARY.getBytes());
    assertThat(printed.getLong("offset")).isEqualTo(17);
    assertThat(printed.getJsonArray("headers"))
        .isEqualTo(new JsonArray().add(new JsonObject().put("key", "a").put("value", "b")));
    JsonObject empty =
        new JsonObject(print(json, record(Buffer.buffer(), Buffer.buffer("é\n\"x\""))));
    assertThat(empty.getString("key")).isEmpty();
    assertThat(empty.getString("value")).isEqualTo("é\n\"x\"");
  }
}
