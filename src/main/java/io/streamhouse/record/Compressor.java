package io.streamhouse.record;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.zip.GZIPOutputStream;
import net.jpountz.lz4.LZ4FrameOutputStream;
import net.jpountz.lz4.LZ4FrameOutputStream.BLOCKSIZE;
import net.jpountz.lz4.LZ4FrameOutputStream.FLG;
import org.xerial.snappy.SnappyOutputStream;
import org.xerial.snappy.buffer.DefaultBufferAllocator;

/**
 * Compresses the records of a batch the way Kafka's clients do: gzip; snappy in the framing of the xerial library; LZ4
 * frames of independent 64 KiB blocks; zstd. Safe for use by any thread.
 */
final class Compressor {
  /** In our measurements, higher levels cost time and did not save bytes on records that look like logs or JSON. */
  private static final int ZSTD_LEVEL = 1;

  private static final int SNAPPY_BLOCK_BYTES = 32 << 10;

  /** A new context costs more than compressing a small batch; more idle ones than cores are of no use. */
  private static final ArrayBlockingQueue<ZstdCompressCtx> IDLE =
      new ArrayBlockingQueue<>(Runtime.getRuntime().availableProcessors());

  private Compressor() {}

  /**
   * Compresses a part of an array.
   *
   * @param from where it begins; as many bytes stay free at the front of the result
   * @param to where it ends
   */
  static byte[] compress(Compression compression, byte[] source, int from, int to) {
    if (compression == Compression.ZSTD) {
      return zstd(source, from, to);
    }
    ByteArrayOutputStream target = new ByteArrayOutputStream(from + (to - from) / 2);
    target.write(source, 0, from);
    try (OutputStream stream = stream(compression, target)) {
      stream.write(source, from, to - from);
    } catch (IOException e) {
      throw new UncheckedIOException("compressing in memory", e);
    }
    return target.toByteArray();
  }

  private static OutputStream stream(Compression compression, OutputStream target)
      throws IOException {
    return switch (compression) {
      case GZIP -> new GZIPOutputStream(target, 8 << 10);
      case SNAPPY ->
        new SnappyOutputStream(target, SNAPPY_BLOCK_BYTES, DefaultBufferAllocator.factory);
      case LZ4 ->
        new LZ4FrameOutputStream(target, BLOCKSIZE.SIZE_64KB, FLG.Bits.BLOCK_INDEPENDENCE);
      case NONE, ZSTD -> throw new IllegalArgumentException(compression + " is no stream here");
    };
  }

  private static byte[] zstd(byte[] source, int from, int to) {
    ZstdCompressCtx context = IDLE.poll();
    if (context == null) {
      context = new ZstdCompressCtx().setLevel(ZSTD_LEVEL);
    }
    int length = to - from;
    byte[] target = new byte[from + (int) Zstd.compressBound(length)];
    try {
      int size =
          context.compressByteArray(target, from, target.length - from, source, from, length);
      return Arrays.copyOf(target, from + size);
    } finally {
      if (!IDLE.offer(context)) {
        context.close();
      }
    }
  }
}
