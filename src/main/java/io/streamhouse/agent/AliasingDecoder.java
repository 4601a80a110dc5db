package io.streamhouse.agent;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import com.google.protobuf.UnsafeByteOperations;
import io.streamhouse.common.Buffers;
import io.vertx.grpc.common.CodecException;
import io.vertx.grpc.common.GrpcMessage;
import io.vertx.grpc.common.GrpcMessageDecoder;
import io.vertx.grpc.common.WireFormat;

/**
 * Decodes protobuf without copying its byte fields: they share the received buffer, which is on the heap, not pooled,
 * and nobody else's. Halves the cost of taking in batches.
 */
final class AliasingDecoder<T> implements GrpcMessageDecoder<T> {
  private final Parser<T> parser;

  AliasingDecoder(Parser<T> parser) {
    this.parser = parser;
  }

  @Override
  public T decode(GrpcMessage message) throws CodecException {
    CodedInputStream input =
        UnsafeByteOperations.unsafeWrap(Buffers.toByteBuffer(message.payload())).newCodedInput();
    input.enableAliasing(true);
    try {
      return parser.parseFrom(input);
    } catch (InvalidProtocolBufferException e) {
      throw new CodecException(e);
    }
  }

  @Override
  public boolean accepts(WireFormat format) {
    return format == WireFormat.PROTOBUF;
  }
}
