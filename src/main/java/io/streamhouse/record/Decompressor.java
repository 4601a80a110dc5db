package io.streamhouse.record;

import com.github.luben.zstd.RecyclingBufferPool;
import com.github.luben.zstd.ZstdInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4FrameInputStream;
import net.jpountz.xxhash.XXHashFactory;

/** What a compressed records section decompresses to, piece by piece. Its memory does not depend on how much that is. */
interface Decompressor extends AutoCloseable {
  /**
   * The largest zstd window, as a power of two: what decoders should support at least (RFC 8878, 3.1.1.1.2). A frame
   * can ask for 2 GiB in six bytes.
   */
  int ZSTD_WINDOW_LOG_MAX = 23;

  /**
   * Decompresses up to a number of bytes.
   *
   * @param length at least 1
   * @return how many bytes it wrote, at least 1; -1 at the end, behind which nothing follows
   * @throws IOException when the section is damaged
   */
  int read(byte[] target, int offset, int length) throws IOException;

  @Override
  void close() throws IOException;

  /**
   * Opens a section.
   *
   * @param uncompressedBytesMax no more is needed of it
   */
  static Decompressor open(
      Compression compression, byte[] array, int from, int to, int uncompressedBytesMax)
      throws IOException {
    ByteArrayInputStream source = new ByteArrayInputStream(array, from, to - from);
    return switch (compression) {
      case GZIP -> new GzipDecompressor(array, from, to);
      case SNAPPY -> new SnappyDecompressor(array, from, to, uncompressedBytesMax);
      case LZ4 ->
        new StreamDecompressor(
            new LZ4FrameInputStream(
                source,
                LZ4Factory.fastestInstance().safeDecompressor(),
                XXHashFactory.fastestInstance().hash32(),
                true),
            source);
      case ZSTD ->
        new StreamDecompressor(
            new ZstdInputStream(source, RecyclingBufferPool.INSTANCE)
                .setLongMax(ZSTD_WINDOW_LOG_MAX),
            source);
      case NONE -> throw new IllegalArgumentException("not compressed");
    };
  }
}
