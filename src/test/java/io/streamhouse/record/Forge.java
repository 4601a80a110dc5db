package io.streamhouse.record;

import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.apache.kafka.common.utils.ByteUtils;

/** Makes batches that nobody honest would send, with a right CRC. */
public final class Forge {
  public static final long TIME = 1_700_000_000_000L;

  private Forge() {}

  /** A valid batch of this many records, compressible, with a key, a value and a header each. */
  public static ByteBuffer valid(int records, Compression compression) {
    RecordBatchBuilder builder = new RecordBatchBuilder(0, Integer.MAX_VALUE);
    for (int i = 0; i < records; i++) {
      builder.tryAppend(
          TIME + i,
          Buffer.buffer("key-" + i),
          Buffer.buffer("a value that repeats itself, a value that repeats itself"),
          List.of(io.streamhouse.RecordHeader.of("content-type", "text/plain")));
    }
    return builder.build(compression);
  }

  /** A valid batch, changed, with its CRC made right again. */
  public static ByteBuffer changed(ByteBuffer batch, Consumer<ByteBuffer> change) {
    change.accept(batch);
    return seal(batch);
  }

  public static ByteBuffer seal(ByteBuffer batch) {
    CRC32C crc = new CRC32C();
    crc.update(batch.array(), batch.arrayOffset() + 21, batch.limit() - 21);
    batch.putInt(17, (int) crc.getValue());
    return batch;
  }

  /** A batch around a records section, which is taken as it is. */
  public static ByteBuffer batch(Compression compression, int count, byte[] section) {
    ByteBuffer batch = ByteBuffer.allocate(61 + section.length);
    batch.putInt(8, batch.limit() - 12).putInt(12, -1).put(16, (byte) 2);
    batch.putShort(21, (short) compression.id()).putInt(23, count - 1);
    batch.putLong(27, TIME).putLong(35, TIME);
    batch.putLong(43, -1).putShort(51, (short) -1).putInt(53, -1).putInt(57, count);
    batch.put(61, section);
    return seal(batch);
  }

  /** A batch with the header of another, but for its length, and another records section. */
  public static ByteBuffer withSection(ByteBuffer batch, byte[] section) {
    ByteBuffer changed = ByteBuffer.allocate(61 + section.length);
    changed.put(0, batch, 0, 61).put(61, section).putInt(8, changed.limit() - 12);
    return seal(changed);
  }

  /** A record: its length, then the body. */
  public static byte[] record(byte[] body) {
    return concat(varint(body.length), body);
  }

  /** The body of a record without headers. */
  public static byte[] body(int offsetDelta, byte[] keyAndValue) {
    return concat(new byte[] {0}, varint(0), varint(offsetDelta), keyAndValue, varint(0));
  }

  public static byte[] sized(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return concat(varint(bytes.length), bytes);
  }

  public static byte[] varint(int value) {
    ByteBuffer buffer = ByteBuffer.allocate(5);
    ByteUtils.writeVarint(value, buffer);
    return Arrays.copyOf(buffer.array(), buffer.position());
  }

  public static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }
}
