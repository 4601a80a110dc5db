package io.streamhouse.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.buffer.Buffer;
import org.junit.jupiter.api.Test;

class KeyRuleTest {
  private static String keyOf(String name, String line) {
    Buffer key = new KeyRule.Field(name).apply(Buffer.buffer(line)).key();
    return key == null ? null : key.toString();
  }

  @Test
  void theFirstSeparatorSplitsKeyAndValue() {
    KeyRule rule = new KeyRule.Separator((byte) ':');
    assertThat(rule.apply(Buffer.buffer("k:v:w")))
        .isEqualTo(new KeyRule.KeyAndValue(Buffer.buffer("k"), Buffer.buffer("v:w")));
    assertThat(rule.apply(Buffer.buffer(":")))
        .isEqualTo(new KeyRule.KeyAndValue(Buffer.buffer(), Buffer.buffer()));
  }

  @Test
  void aLineWithoutTheSeparatorIsRefused() {
    assertThatThrownBy(() -> new KeyRule.Separator((byte) ':').apply(Buffer.buffer("plain")))
        .hasMessageContaining("has no key separator ':'");
  }

  @Test
  void theFieldIsFoundBehindNestedOnesOfTheSameName() {
    assertThat(keyOf("id", "{\"a\":{\"id\":1},\"b\":[{\"id\":2}],\"id\":\"thr\\u00e9e\"}"))
        .isEqualTo("thrée");
  }

  @Test
  void numbersAndBooleansAreKeysAsTheyAreWritten() {
    assertThat(keyOf("id", "{\"id\":12345678901234567890}")).isEqualTo("12345678901234567890");
    assertThat(keyOf("id", "{\"id\":1.50}")).isEqualTo("1.50");
    assertThat(keyOf("id", "{\"id\":true}")).isEqualTo("true");
    assertThat(keyOf("id", "{\"id\":\"\"}")).isEmpty();
  }

  @Test
  void aMissingOrNullFieldIsNoKey() {
    assertThat(keyOf("id", "{\"other\":1}")).isNull();
    assertThat(keyOf("id", "{\"id\":null}")).isNull();
  }

  @Test
  void theValueIsTheWholeLine() {
    Buffer line = Buffer.buffer("{\"id\":1}  ");
    assertThat(new KeyRule.Field("id").apply(line).value()).isEqualTo(line);
  }

  @Test
  void linesThatAreNoObjectsAndFieldsThatAreNoScalarsAreRefused() {
    assertThatThrownBy(() -> keyOf("id", "[1]")).hasMessageContaining("is not a JSON object");
    assertThatThrownBy(() -> keyOf("id", "")).hasMessageContaining("is not a JSON object");
    assertThatThrownBy(() -> keyOf("id", "{\"id")).hasMessageContaining("is not valid JSON");
    assertThatThrownBy(() -> keyOf("id", "{\"id\":[1]}")).hasMessageContaining("object or array");
  }
}
