package io.streamhouse.record;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Inflates one gzip member (RFC 1952) without optional header fields, which is what Kafka's clients write. Unlike the
 * JDK's stream it reads in place and does not overlook bytes behind the member.
 */
final class GzipDecompressor implements Decompressor {
  private static final int HEADER_BYTES = 10;
  private static final int TRAILER_BYTES = 8;
  private static final int MAGIC = 0x8b1f;
  private static final int DEFLATE = 8;

  private final ByteBuffer section;
  private final Inflater inflater;
  private final CRC32 crc = new CRC32();

  GzipDecompressor(byte[] array, int from, int to) throws IOException {
    section = ByteBuffer.wrap(array, from, to - from).slice().order(ByteOrder.LITTLE_ENDIAN);
    if (section.limit() < HEADER_BYTES + TRAILER_BYTES
        || (section.getShort(0) & 0xffff) != MAGIC
        || section.get(2) != DEFLATE) {
      throw new IOException("it is no gzip member");
    }
    if (section.get(3) != 0) {
      throw new IOException("it has optional header fields (flags " + section.get(3) + ")");
    }
    inflater = new Inflater(true);
    inflater.setInput(section.slice(HEADER_BYTES, section.limit() - HEADER_BYTES));
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    try {
      int count = inflater.inflate(target, offset, length);
      if (count > 0) {
        crc.update(target, offset, count);
        return count;
      }
    } catch (DataFormatException e) {
      throw new IOException(e.getMessage(), e);
    }
    if (!inflater.finished()) {
      throw new IOException("it is cut off");
    }
    checkTrailer();
    return -1;
  }

  private void checkTrailer() throws IOException {
    int rest = inflater.getRemaining();
    if (rest != TRAILER_BYTES) {
      throw new IOException(rest + " bytes follow the deflated data, not " + TRAILER_BYTES);
    }
    int trailer = section.limit() - TRAILER_BYTES;
    if (section.getInt(trailer) != (int) crc.getValue()
        || section.getInt(trailer + Integer.BYTES) != (int) inflater.getBytesWritten()) {
      throw new IOException("CRC-32 or length at its end is wrong");
    }
  }

  @Override
  public void close() {
    inflater.end();
  }
}
