package io.streamhouse.producer.accumulator;

import io.vertx.core.Context;
import io.vertx.core.Promise;
import org.jspecify.annotations.Nullable;

/** A caller's {@code flush()}: goes through the inbox as records do, so that it knows which came before it. */
final class FlushRequest extends InboxItem {
  final Promise<Void> promise = Promise.promise();
  final @Nullable Context context;

  FlushRequest(@Nullable Context context) {
    this.context = context;
  }
}
