package io.streamhouse.storage.file;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads and writes heap buffers in steps. For each call the JDK copies a heap buffer to native memory and keeps that
 * memory per thread, as large as the largest call ever made; a step bounds it.
 */
final class ChunkedIo {
  private static final int STEP_BYTES = 1 << 20;

  private ChunkedIo() {}

  /** Writes a new file and forces it to disk. Leaves the buffers' positions as they are. */
  static void writeDurably(Path file, List<ByteBuffer> body) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      List<ByteBuffer> step = new ArrayList<>();
      int stepBytes = 0;
      for (ByteBuffer buffer : body) {
        int position = buffer.position();
        while (position < buffer.limit()) {
          int length = Math.min(buffer.limit() - position, STEP_BYTES - stepBytes);
          step.add(buffer.slice(position, length));
          position += length;
          stepBytes += length;
          if (stepBytes == STEP_BYTES) {
            gather(channel, step);
            step.clear();
            stepBytes = 0;
          }
        }
      }
      gather(channel, step);
      channel.force(true);
    }
  }

  private static void gather(FileChannel channel, List<ByteBuffer> step) throws IOException {
    ByteBuffer[] buffers = step.toArray(ByteBuffer[]::new);
    int next = 0;
    while (next < buffers.length) {
      if (buffers[next].hasRemaining()) {
        channel.write(buffers, next, buffers.length - next);
      } else {
        next++;
      }
    }
  }

  /** Reads exactly {@code length} bytes, which the caller has found to be there. */
  static ByteBuffer read(FileChannel channel, long position, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    while (bytes.position() < length) {
      bytes.limit(Math.min(length, bytes.position() + STEP_BYTES));
      if (channel.read(bytes, position + bytes.position()) < 0) {
        throw new EOFException("the file became shorter while it was read");
      }
    }
    return bytes.flip();
  }
}
