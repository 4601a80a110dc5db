package io.streamhouse.common;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Passes bytes between Vert.x buffers and NIO buffers without copying them. The only class that touches Vert.x's
 * internal buffer type and Netty's buffers: Vert.x 5 has no public way to do this.
 */
public final class Buffers {
  private Buffers() {}

  /** A Vert.x buffer over the remaining bytes of these buffers; shares them. */
  public static Buffer wrap(List<ByteBuffer> parts) {
    return BufferInternal.buffer(Unpooled.wrappedBuffer(parts.toArray(ByteBuffer[]::new)));
  }

  /** A Vert.x buffer over the remaining bytes of a buffer; shares them. */
  public static Buffer wrap(ByteBuffer bytes) {
    return BufferInternal.buffer(Unpooled.wrappedBuffer(bytes));
  }

  /** A writable heap buffer over the bytes of a Vert.x buffer; shares them where they lie in one array. */
  public static ByteBuffer toByteBuffer(Buffer buffer) {
    ByteBuf bytes = ((BufferInternal) buffer).getByteBuf();
    if (bytes.hasArray()) {
      return ByteBuffer.wrap(
              bytes.array(), bytes.arrayOffset() + bytes.readerIndex(), bytes.readableBytes())
          .slice();
    }
    byte[] copy = new byte[bytes.readableBytes()];
    bytes.getBytes(bytes.readerIndex(), copy);
    return ByteBuffer.wrap(copy);
  }
}
