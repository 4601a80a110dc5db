package io.streamhouse.record;

import io.streamhouse.record.InvalidBatchException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.xerial.snappy.Snappy;
import org.xerial.snappy.SnappyCodec;

/**
 * Decompresses snappy blocks in the framing of the xerial library, which is what Kafka's clients write: a header of
 * magic, version and lowest compatible version, then blocks, each behind its length. The library's own stream
 * believes any length up to 512 MiB.
 */
final class SnappyDecompressor implements Decompressor {
  private static final int HEADER_BYTES = 16;
  private static final int VERSION = 1;

  private final ByteBuffer section;
  private final int uncompressedBytesMax;
  private byte[] block = new byte[0];
  private int position;
  private int end;

  SnappyDecompressor(byte[] array, int from, int to, int uncompressedBytesMax) throws IOException {
    this.section = ByteBuffer.wrap(array, from, to - from).slice();
    this.uncompressedBytesMax = uncompressedBytesMax;
    byte[] magic = SnappyCodec.getMagicHeader();
    if (section.limit() < HEADER_BYTES
        || !section.slice(0, magic.length).equals(ByteBuffer.wrap(magic))) {
      throw new IOException("it does not begin with the header of xerial's framing");
    }
    int compatibleVersion = section.getInt(magic.length + Integer.BYTES);
    if (compatibleVersion > VERSION) {
      throw new IOException("its framing has version " + compatibleVersion);
    }
    section.position(HEADER_BYTES);
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    while (position == end) {
      if (!section.hasRemaining()) {
        return -1;
      }
      nextBlock();
    }
    int count = Math.min(length, end - position);
    System.arraycopy(block, position, target, offset, count);
    position += count;
    return count;
  }

  private void nextBlock() throws IOException {
    int length = section.remaining() < Integer.BYTES ? -1 : section.getInt();
    if (length < 1 || length > section.remaining()) {
      throw new IOException("block of " + length + " bytes, but " + section.remaining() + " left");
    }
    int start = section.arrayOffset() + section.position();
    int uncompressed = Snappy.uncompressedLength(section.array(), start, length);
    if (uncompressed > uncompressedBytesMax) {
      throw new InvalidBatchException(
          Kind.TOO_LARGE, "records are more than " + uncompressedBytesMax + " bytes uncompressed");
    }
    if (uncompressed > block.length) {
      block = new byte[uncompressed];
    }
    end = Snappy.uncompress(section.array(), start, length, block, 0);
    position = 0;
    section.position(section.position() + length);
  }

  @Override
  public void close() {
    block = new byte[0];
    position = 0;
    end = 0;
  }
}
