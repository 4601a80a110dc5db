package io.streamhouse.cli;

import io.vertx.core.buffer.Buffer;
import java.util.Random;

/**
 * Values to send: text like that of logs, which compresses about as they do. The same in every run. Values are slices of
 * one buffer, so that making them costs next to nothing.
 */
final class BenchPayload {
  private static final int POOL_BYTES = 4 << 20;
  private static final long SEED = 20_261_123L;
  private static final String[] WORDS = {
    "GET ",
    "POST ",
    "/api/v1/orders/",
    "/login ",
    "status=200 ",
    "status=404 ",
    "latency_ms=",
    "user=",
    "region=eu-west-1 ",
    "INFO ",
    "WARN "
  };

  private final Buffer pool;
  private final int recordBytes;
  private int position;

  BenchPayload(int recordBytes) {
    this.recordBytes = recordBytes;
    Random random = new Random(SEED);
    Buffer text = Buffer.buffer(POOL_BYTES + recordBytes);
    while (text.length() < POOL_BYTES + recordBytes) {
      text.appendString(WORDS[random.nextInt(WORDS.length)]);
      text.appendString(Integer.toString(random.nextInt(1_000_000), 36)).appendByte((byte) ' ');
    }
    pool = text;
  }

  Buffer next() {
    position = (position + recordBytes) % POOL_BYTES;
    return pool.slice(position, position + recordBytes);
  }
}
