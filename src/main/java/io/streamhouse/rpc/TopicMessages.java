package io.streamhouse.rpc;

import com.google.protobuf.ByteString;
import io.streamhouse.PartitionDescription;
import io.streamhouse.Topic;
import io.streamhouse.TopicDescription;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.UUID;

/** Topics between their messages and the API's types. */
public final class TopicMessages {
  private TopicMessages() {}

  static Topic topic(io.streamhouse.proto.v1.Topic message) {
    return new Topic(
        message.getName(),
        topicId(message.getTopicId()),
        message.getPartitionCount(),
        message.getConfigMap(),
        message.getCreatedAtMs());
  }

  static TopicDescription description(io.streamhouse.proto.v1.TopicDescription message) {
    return new TopicDescription(
        topic(message.getTopic()),
        message.getPartitionsList().stream().map(TopicMessages::partition).toList());
  }

  /** The 16 bytes of a message as a topic id. */
  public static UUID topicId(ByteString bytes) {
    ByteBuffer buffer = bytes.asReadOnlyByteBuffer();
    return new UUID(buffer.getLong(), buffer.getLong());
  }

  /** A topic id as the 16 bytes of a message. */
  public static ByteString topicId(UUID id) {
    ByteBuffer buffer = ByteBuffer.allocate(2 * Long.BYTES)
        .putLong(id.getMostSignificantBits())
        .putLong(id.getLeastSignificantBits())
        .flip();
    return ByteString.copyFrom(buffer);
  }

  private static PartitionDescription partition(
      io.streamhouse.proto.v1.PartitionDescription message) {
    String leader = message.getHolderAddress();
    return new PartitionDescription(
        message.getPartition(),
        message.getStartOffset(),
        message.getEndOffset(),
        message.getLeaseEpoch(),
        leader.isEmpty() ? Optional.empty() : Optional.of(leader));
  }
}
