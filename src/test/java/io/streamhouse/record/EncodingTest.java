package io.streamhouse.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.apache.kafka.common.utils.ByteUtils;

/** Numbers as Kafka writes them, UTF-8 as the JDK knows it. */
class EncodingTest {
  @Property
  void intsAreKafkasVarints(@ForAll int value) {
    ByteBuffer theirs = ByteBuffer.allocate(Varint.INT_BYTES_MAX);
    ByteUtils.writeVarint(value, theirs);
    byte[] ours = new byte[Varint.INT_BYTES_MAX];

    assertThat(Varint.write(ours, 0, value)).isEqualTo(theirs.position());
    assertThat(ours).isEqualTo(theirs.array());
    assertThat(Varint.sizeOf(value)).isEqualTo(theirs.position());
  }

  @Property
  void longsAreKafkasVarlongs(@ForAll long value) {
    ByteBuffer theirs = ByteBuffer.allocate(Varint.LONG_BYTES_MAX);
    ByteUtils.writeVarlong(value, theirs);
    byte[] ours = new byte[Varint.LONG_BYTES_MAX];

    assertThat(Varint.write(ours, 0, value)).isEqualTo(theirs.position());
    assertThat(ours).isEqualTo(theirs.array());
    assertThat(Varint.sizeOf(value)).isEqualTo(theirs.position());
  }

  @Property
  void stringsAreWrittenAsTheJdkEncodesThem(@ForAll("strings") String text) {
    byte[] expected = text.getBytes(StandardCharsets.UTF_8);
    byte[] target = new byte[expected.length];

    assertThat(Utf8.sizeOf(text)).isEqualTo(expected.length);
    assertThat(Utf8.write(target, 0, text, expected.length)).isEqualTo(expected.length);
    assertThat(target).isEqualTo(expected);
  }

  @Property(tries = 20_000)
  void bytesAreUtf8WhenTheJdkDecodesThem(@ForAll("nearlyUtf8") byte[] bytes) {
    assertThat(Utf8.isValid(bytes, 0, bytes.length)).isEqualTo(decodes(bytes));
  }

  @Property
  void whatTheJdkEncodesIsUtf8(@ForAll("strings") String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    assertThat(Utf8.isValid(bytes, 0, bytes.length)).isTrue();
  }

  private static boolean decodes(byte[] bytes) {
    try {
      CharBuffer ignored = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return ignored != null;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  @Provide
  Arbitrary<String> strings() {
    Arbitrary<String> any = Arbitraries.strings().ofMaxLength(8);
    Arbitrary<String> ascii = Arbitraries.strings().ascii().ofMaxLength(8);
    Arbitrary<String> surrogates =
        Arbitraries.strings().withChars('a', 'é', '€', '\ud83d', '\ude00').ofMaxLength(8);
    return Arbitraries.oneOf(any, ascii, surrogates);
  }

  /** The bytes on both sides of each border in Unicode's table of well-formed UTF-8. */
  @Provide
  Arbitrary<byte[]> nearlyUtf8() {
    Arbitrary<Byte> borders = Arbitraries.of(
            0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1,
            0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff)
        .map(Integer::byteValue);
    return borders.array(byte[].class).ofMaxSize(6);
  }
}
