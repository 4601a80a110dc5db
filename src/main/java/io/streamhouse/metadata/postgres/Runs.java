package io.streamhouse.metadata.postgres;

import io.streamhouse.metadata.SequenceRun;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Sequence runs as the bytes of {@code producer_states.runs}: for each run, big-endian, base sequence (4 bytes), count
 * (4) and base offset (8).
 */
final class Runs {
  private static final int BYTES = 16;

  private Runs() {}

  static Buffer encode(List<SequenceRun> runs) {
    Buffer buffer = Buffer.buffer(BYTES * runs.size());
    for (SequenceRun run : runs) {
      buffer.appendInt(run.baseSequence()).appendInt(run.count()).appendLong(run.baseOffset());
    }
    return buffer;
  }

  static List<SequenceRun> decode(Buffer buffer) {
    List<SequenceRun> runs = new ArrayList<>(buffer.length() / BYTES);
    for (int at = 0; at < buffer.length(); at += BYTES) {
      runs.add(new SequenceRun(buffer.getInt(at), buffer.getInt(at + 4), buffer.getLong(at + 8)));
    }
    return runs;
  }
}
