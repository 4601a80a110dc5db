package io.streamhouse.bus;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.MessageCodec;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Codecs that pass this package's messages by reference. Vert.x would copy buffers at every hop; these messages are
 * immutable, or owned by whoever holds them, and never leave the node.
 */
public final class Codecs {
  private static final Logger LOG = LoggerFactory.getLogger(Codecs.class);
  private static final List<Class<?>> MESSAGES = List.of(
      SealedBatch.class,
      RoutedBatch.class,
      BatchAck.class,
      TopicQuery.class,
      TopicAnswer.class,
      RouteFailure.class,
      RouteChanged.class);

  private Codecs() {}

  /** Registers the codecs with an event bus, unless they are already; may be called any number of times. */
  public static void register(EventBus eventBus) {
    MESSAGES.forEach(type -> register(eventBus, type));
  }

  private static <T> void register(EventBus eventBus, Class<T> type) {
    try {
      eventBus.registerDefaultCodec(type, new LocalCodec<>(type));
    } catch (IllegalStateException e) {
      // Vert.x has no way to ask beforehand.
      LOG.trace("codec of {} is registered", type.getSimpleName());
    }
  }

  record LocalCodec<T>(Class<T> type) implements MessageCodec<T, T> {
    @Override
    public T transform(T message) {
      return message;
    }

    @Override
    public void encodeToWire(Buffer buffer, T message) {
      throw new UnsupportedOperationException(name()
          + " stays inside one node: send it to a local consumer, with localOnly delivery options");
    }

    @Override
    public T decodeFromWire(int position, Buffer buffer) {
      throw new UnsupportedOperationException(name() + " never comes from another node");
    }

    @Override
    public String name() {
      return "streamhouse." + type.getSimpleName() + ".local.v1";
    }

    @Override
    public byte systemCodecID() {
      return -1;
    }
  }
}
