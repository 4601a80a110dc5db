package io.streamhouse.agent;

import com.google.protobuf.ByteOutput;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.streamhouse.ErrorCode;
import io.streamhouse.StreamHouseException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Passes bytes between protobuf and NIO buffers without copying them. */
final class ByteStrings {
  private static final int UUID_BYTES = 16;

  private ByteStrings() {}

  /** A writable buffer over the bytes, which it shares when they lie in one piece. */
  static ByteBuffer toByteBuffer(ByteString bytes) {
    Pieces pieces = new Pieces();
    try {
      UnsafeByteOperations.unsafeWriteTo(bytes, pieces);
    } catch (IOException e) {
      throw new IllegalStateException("reading from memory failed", e);
    }
    return pieces.asOne(bytes.size());
  }

  /** Bytes that share these buffers. */
  static ByteString concat(List<ByteBuffer> buffers) {
    ByteString all = ByteString.EMPTY;
    for (ByteBuffer buffer : buffers) {
      all = all.concat(UnsafeByteOperations.unsafeWrap(buffer));
    }
    return all;
  }

  static ByteString of(UUID id) {
    ByteBuffer bytes = ByteBuffer.allocate(UUID_BYTES)
        .putLong(id.getMostSignificantBits())
        .putLong(id.getLeastSignificantBits())
        .flip();
    return ByteString.copyFrom(bytes);
  }

  /**
   * Reads a topic id.
   *
   * @throws StreamHouseException with INVALID_ARGUMENT unless it has 16 bytes
   */
  static UUID toUuid(ByteString bytes) {
    if (bytes.size() != UUID_BYTES) {
      throw StreamHouseException.of(
          ErrorCode.INVALID_ARGUMENT,
          "topic_id must be " + UUID_BYTES + " bytes, but has " + bytes.size());
    }
    ByteBuffer buffer = bytes.asReadOnlyByteBuffer();
    return new UUID(buffer.getLong(), buffer.getLong());
  }

  /** Takes the pieces of a byte string as they are. */
  private static final class Pieces extends ByteOutput {
    private final List<ByteBuffer> pieces = new ArrayList<>(1);

    ByteBuffer asOne(int size) {
      if (pieces.size() == 1 && !pieces.get(0).isReadOnly()) {
        return pieces.get(0);
      }
      ByteBuffer copy = ByteBuffer.allocate(size);
      pieces.forEach(copy::put);
      return copy.flip();
    }

    @Override
    public void write(byte value) {
      pieces.add(ByteBuffer.wrap(new byte[] {value}));
    }

    @Override
    public void write(byte[] value, int offset, int length) {
      pieces.add(ByteBuffer.wrap(value.clone(), offset, length).slice());
    }

    @Override
    public void writeLazy(byte[] value, int offset, int length) {
      pieces.add(ByteBuffer.wrap(value, offset, length).slice());
    }

    @Override
    public void write(ByteBuffer value) {
      ByteBuffer copy = ByteBuffer.allocate(value.remaining());
      pieces.add(copy.put(value).flip());
    }

    @Override
    public void writeLazy(ByteBuffer value) {
      pieces.add(value.slice());
    }
  }
}
