package io.streamhouse.record;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Decompresses through a library's stream. */
final class StreamDecompressor implements Decompressor {
  private final InputStream stream;
  private final ByteArrayInputStream source;

  StreamDecompressor(InputStream stream, ByteArrayInputStream source) {
    this.stream = stream;
    this.source = source;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    int count = stream.read(target, offset, length);
    if (count < 0 && source.available() > 0) {
      throw new IOException(source.available() + " bytes follow its end");
    }
    return count;
  }

  @Override
  public void close() throws IOException {
    stream.close();
  }
}
