package io.streamhouse.cli;

import io.streamhouse.Producer;
import io.streamhouse.ProducerRecord;
import io.streamhouse.RecordMetadata;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Sends lines and counts what becomes of them. A chunk of lines is taken when the one before it has found room in the
 * producer, so that memory stays bounded whatever the input. All state is confined to one context.
 */
final class ProducePump {
  private final Context context;
  private final Producer producer;
  private final RecordTemplate template;
  private final BiConsumer<RecordMetadata, Buffer> onAcknowledged;
  private final ProduceTally tally = new ProduceTally();
  private @Nullable Promise<Boolean> room;
  private boolean stopped;

  /**
   * Creates a pump.
   *
   * @param onAcknowledged gets the place and the line of each record, on the context
   */
  ProducePump(
      Context context,
      Producer producer,
      RecordTemplate template,
      BiConsumer<RecordMetadata, Buffer> onAcknowledged) {
    this.onAcknowledged = onAcknowledged;
    this.context = context;
    this.producer = producer;
    this.template = template;
    // Set once: a producer that drains while it is asked whether it is full calls the handler it
    // then has.
    producer.drainHandler(v -> context.runOnContext(now -> drained()));
  }

  /** To be read on the context, or when everything has ended. */
  ProduceTally tally() {
    return tally;
  }

  /**
   * Sends lines, from any thread.
   *
   * @return when there is room for more: whether more is wanted
   */
  Future<Boolean> send(Lines lines) {
    Promise<Boolean> wanted = Promise.promise();
    context.runOnContext(v -> {
      if (stopped) {
        wanted.complete(false);
        return;
      }
      try {
        sendNow(lines);
      } catch (LineException e) {
        wanted.fail(e);
        return;
      }
      if (producer.writeQueueFull()) {
        producer.drainHandler(drained -> context.runOnContext(now -> wanted.tryComplete(!stopped)));
      } else {
        wanted.complete(!stopped);
      }
    });
    return wanted.future();
  }

  /** Takes no more lines; what was sent is flushed. Completes when every record sent is acknowledged or failed. */
  Future<Void> finish() {
    Promise<Void> finished = Promise.promise();
    context.runOnContext(v -> {
      stopped = true;
      producer.flush().onComplete(finished);
    });
    return finished.future();
  }

  private void drained() {
    Promise<Boolean> waiting = room;
    room = null;
    if (waiting != null) {
      waiting.complete(!stopped);
    }
  }

  private void sendNow(Lines lines) {
    long number = lines.firstNumber();
    for (Buffer line : lines.lines()) {
      if (stopped) {
        return;
      }
      send(line, number++);
    }
  }

  private void send(Buffer line, long number) {
    ProducerRecord record;
    try {
      record = template.record(line);
    } catch (IllegalArgumentException e) {
      stopped = true;
      throw new LineException(number, String.valueOf(e.getMessage()));
    }
    long bytes = line.length();
    long sentAt = ProcessClock.nanoTime();
    tally.sent(bytes);
    producer.send(record).onComplete(place -> {
      if (place.succeeded()) {
        tally.acknowledged(place.result(), bytes, ProcessClock.nanoTime() - sentAt);
        onAcknowledged.accept(place.result(), line);
      } else {
        tally.failed(number, place.cause());
        stopped = true;
      }
    });
  }
}
