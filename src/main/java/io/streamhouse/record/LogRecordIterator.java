package io.streamhouse.record;

import io.streamhouse.RecordHeader;
import io.streamhouse.common.Buffers;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** Copies each record out of a cursor, which it closes at the end or at the first damage. */
final class LogRecordIterator implements Iterator<LogRecord> {
  private final RecordCursor cursor;
  private final long baseOffset;
  private boolean failed;

  LogRecordIterator(RecordBatch batch, RecordCursor cursor) {
    this.cursor = cursor;
    this.baseOffset = batch.baseOffset();
  }

  @Override
  public boolean hasNext() {
    return !failed && cursor.hasNext();
  }

  @Override
  public LogRecord next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    failed = true;
    try {
      cursor.next();
      failed = false;
      return new LogRecord(
          baseOffset + cursor.index(),
          cursor.timestampMs(),
          copy(cursor.keyAt(), cursor.keyLength()),
          copy(cursor.valueAt(), cursor.valueLength()),
          headers());
    } finally {
      if (!hasNext()) {
        cursor.close();
      }
    }
  }

  private List<RecordHeader> headers() {
    int count = cursor.headerCount();
    if (count == 0) {
      return List.of();
    }
    RecordHeader[] headers = new RecordHeader[count];
    cursor.rewindToHeaders();
    for (int i = 0; i < count; i++) {
      int keyLength = cursor.headerLength();
      String key = new String(cursor.array(), cursor.position(), keyLength, StandardCharsets.UTF_8);
      cursor.skip(keyLength);
      int valueLength = cursor.headerLength();
      headers[i] = new RecordHeader(key, copy(cursor.position(), valueLength));
      cursor.skip(Math.max(0, valueLength));
    }
    return List.of(headers);
  }

  private @Nullable Buffer copy(int from, int length) {
    return length < 0
        ? null
        : Buffers.wrap(ByteBuffer.wrap(Arrays.copyOfRange(cursor.array(), from, from + length)));
  }
}
