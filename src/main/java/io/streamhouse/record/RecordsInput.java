package io.streamhouse.record;

import io.streamhouse.record.InvalidBatchException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The uncompressed records of a batch, as a window that moves over them: the whole section where it is not compressed,
 * else as much as the largest record so far. What lies in {@link #array} from {@link #position} to {@link #end} is
 * there to be read; {@link #fill} moves it.
 */
final class RecordsInput implements AutoCloseable {
  private static final int WINDOW_BYTES = 32 << 10;

  byte[] array;
  int position;
  int end;

  private final Compression compression;
  private final int uncompressedBytesMax;
  private final @Nullable Decompressor decompressor;
  private long received;

  RecordsInput(RecordBatch batch, int uncompressedBytesMax) {
    this.compression = batch.compression();
    this.uncompressedBytesMax = uncompressedBytesMax;
    ByteBuffer section = batch.recordsSection();
    byte[] source;
    int from = 0;
    if (section.hasArray()) {
      source = section.array();
      from = section.arrayOffset();
    } else {
      source = new byte[section.limit()];
      section.get(source);
    }
    int to = from + section.limit();
    if (compression == Compression.NONE) {
      if (section.limit() > uncompressedBytesMax) {
        throw tooLarge();
      }
      this.decompressor = null;
      this.array = source;
      this.position = from;
      this.end = to;
    } else {
      this.decompressor = open(source, from, to);
      this.array = new byte[WINDOW_BYTES];
    }
  }

  private Decompressor open(byte[] source, int from, int to) {
    try {
      return Decompressor.open(compression, source, from, to, uncompressedBytesMax);
    } catch (IOException e) {
      throw damaged(e);
    }
  }

  /** Makes this many bytes readable, or all that is left when that is less; returns how many are. */
  int fill(int bytes) {
    if (end - position < bytes && decompressor != null) {
      refill(decompressor, bytes);
    }
    return end - position;
  }

  private void refill(Decompressor source, int bytes) {
    System.arraycopy(array, position, array, 0, end - position);
    end -= position;
    position = 0;
    while (end < bytes) {
      if (end == array.length) {
        // Grows with what is there, not with what a length claims.
        array = Arrays.copyOf(array, (int) Math.min(2L * array.length, Integer.MAX_VALUE - 8));
      }
      int count = read(source, array, end, array.length - end);
      if (count < 0) {
        return;
      }
      end += count;
    }
  }

  /** Fails when anything is left behind the position. Keeps the window. */
  void requireEnd(int records) {
    int left = end - position;
    if (left == 0 && decompressor != null) {
      left = Math.max(0, read(decompressor, new byte[1], 0, 1));
    }
    if (left > 0) {
      throw new InvalidBatchException(
          Kind.CORRUPT,
          (decompressor == null ? left + " bytes" : "more bytes") + " follow the last of " + records
              + " records");
    }
  }

  private int read(Decompressor source, byte[] target, int offset, int length) {
    int count;
    try {
      count = source.read(target, offset, length);
    } catch (IOException e) {
      throw damaged(e);
    }
    received += Math.max(0, count);
    if (received > uncompressedBytesMax) {
      throw tooLarge();
    }
    return count;
  }

  @Override
  public void close() {
    if (decompressor != null) {
      try {
        decompressor.close();
      } catch (IOException e) {
        throw damaged(e);
      }
    }
  }

  private InvalidBatchException tooLarge() {
    return new InvalidBatchException(
        Kind.TOO_LARGE, "records are more than " + uncompressedBytesMax + " bytes uncompressed");
  }

  private InvalidBatchException damaged(IOException cause) {
    return new InvalidBatchException(
        Kind.CORRUPT,
        "records do not decompress as " + compression.name().toLowerCase(Locale.ROOT) + ": "
            + cause.getMessage());
  }
}
