package io.streamhouse.record;

import io.streamhouse.record.InvalidBatchException.Kind;

/**
 * Walks over the records of a batch and believes none of their lengths: the one place that knows how to read records.
 * After {@link #next()} it tells where the parts of the present record lie in {@link #array()}; the next call changes
 * that. It allocates nothing per record. Confined to one thread; close it, for decompression holds native memory.
 */
final class RecordCursor implements AutoCloseable {
  private static final int NULL_LENGTH = -1;
  /** Attributes, two deltas, two lengths and the number of headers, a byte each. */
  private static final int BODY_BYTES_MIN = 6;
  /** Two lengths. */
  private static final int HEADER_BYTES_MIN = 2;

  private final RecordsInput input;
  private final BatchLimits limits;
  private final int count;
  private final long baseTimestampMs;

  private byte[] array;
  private int index = -1;
  private int at;
  private int recordEnd;
  private long timestampMs;
  private int keyAt;
  private int keyLength;
  private int valueAt;
  private int valueLength;
  private int headersAt;
  private int headerCount;

  RecordCursor(RecordBatch batch, BatchLimits limits) {
    this.limits = limits;
    this.count = batch.recordCount();
    this.baseTimestampMs = batch.baseTimestampMs();
    requireSupported(batch.attributes());
    if (count < 1) {
      throw new InvalidBatchException(
          Kind.CORRUPT, "record count " + count + ": a batch has at least 1");
    }
    if (count > limits.recordsMax()) {
      throw new InvalidBatchException(
          Kind.TOO_LARGE, "record count " + count + " is more than " + limits.recordsMax());
    }
    if (batch.lastOffsetDelta() != count - 1) {
      throw new InvalidBatchException(
          Kind.CORRUPT,
          "last offset delta " + batch.lastOffsetDelta() + " does not go with record count "
              + count);
    }
    this.input = new RecordsInput(batch, limits.uncompressedBytesMax());
    this.array = input.array;
  }

  private static void requireSupported(int attributes) {
    Compression.byId(attributes & BatchLayout.COMPRESSION_BITS);
    int others = attributes & ~BatchLayout.COMPRESSION_BITS & 0xffff;
    if (others == 0) {
      return;
    }
    String what = "attributes 0x" + Integer.toHexString(attributes & 0xffff);
    if ((others & BatchLayout.CONTROL_BIT) != 0) {
      what += ": control batches are not supported";
    } else if ((others & BatchLayout.TRANSACTIONAL_BIT) != 0) {
      what += ": transactional batches are not supported";
    } else if ((others & BatchLayout.LOG_APPEND_TIME_BIT) != 0) {
      what += ": timestamps must be of type CreateTime";
    } else {
      what += " have unknown bits";
    }
    throw new InvalidBatchException(Kind.UNSUPPORTED, what);
  }

  /** Whether there is another record, as far as the batch's header knows. */
  boolean hasNext() {
    return index + 1 < count;
  }

  /**
   * Goes to the next record; at the last one, makes sure that nothing follows it.
   *
   * @throws InvalidBatchException naming the record and what is wrong with it
   */
  void next() {
    index++;
    int available = input.fill(Varint.INT_BYTES_MAX);
    array = input.array;
    int start = input.position;
    at = start;
    recordEnd = start + available;
    if (available == 0) {
      throw corrupt("is missing, the batch's header claims " + count);
    }
    int length = varint("length");
    if (length < BODY_BYTES_MIN) {
      throw corrupt("length " + length + " is less than " + BODY_BYTES_MIN);
    }
    long size = (long) at - start + length;
    if (size > limits.recordBytesMax()) {
      throw tooLarge(size + " bytes are more than " + limits.recordBytesMax());
    }
    int lengthBytes = at - start;
    available = input.fill((int) size);
    if (size > available) {
      throw corrupt("length " + length + ", but " + (available - lengthBytes) + " bytes follow");
    }
    array = input.array;
    at = input.position + lengthBytes;
    recordEnd = at + length;
    input.position = recordEnd;
    body();
    if (index + 1 == count) {
      input.requireEnd(count);
    }
  }

  private void body() {
    byte attributes = array[at++];
    if (attributes != 0) {
      throw corrupt("attributes " + attributes + " are not 0");
    }
    timestampMs = baseTimestampMs + varlong("timestamp delta");
    int offsetDelta = varint("offset delta");
    if (offsetDelta != index) {
      throw corrupt("offset delta " + offsetDelta + " is not its place in the batch");
    }
    keyLength = nullableLength("key");
    keyAt = at;
    at += Math.max(0, keyLength);
    valueLength = nullableLength("value");
    valueAt = at;
    at += Math.max(0, valueLength);
    headers();
    if (at != recordEnd) {
      throw corrupt((recordEnd - at) + " bytes follow its last header");
    }
  }

  private void headers() {
    headerCount = varint("header count");
    if (headerCount < 0 || headerCount > (recordEnd - at) / HEADER_BYTES_MIN) {
      throw corrupt("header count " + headerCount + ", but " + (recordEnd - at) + " bytes follow");
    }
    if (headerCount > limits.headersMax()) {
      throw tooLarge(headerCount + " headers are more than " + limits.headersMax());
    }
    headersAt = at;
    for (int i = 0; i < headerCount; i++) {
      int headerKeyLength = nullableLength("header key");
      if (headerKeyLength == NULL_LENGTH) {
        throw corrupt("header " + i + " has no key");
      }
      if (!Utf8.isValid(array, at, at + headerKeyLength)) {
        throw corrupt("header " + i + " has a key that is not UTF-8");
      }
      at += headerKeyLength;
      int headerValueLength = nullableLength("header value");
      at += Math.max(0, headerValueLength);
    }
  }

  /** Goes to the first header of the present record; then {@link #headerLength()} and {@link #skip} go through them. */
  void rewindToHeaders() {
    at = headersAt;
  }

  /** Reads the length of a header's key or value, which {@link #position()} then points to; -1: null. */
  int headerLength() {
    return nullableLength("header");
  }

  /** Goes on behind a header's key or value. */
  void skip(int length) {
    at += length;
  }

  private int nullableLength(String what) {
    int length = varint(what);
    if (length < NULL_LENGTH || length > recordEnd - at) {
      throw corrupt(what + " length " + length + ", but " + (recordEnd - at) + " bytes follow");
    }
    return length;
  }

  private int varint(String what) {
    int rest = 0;
    for (int shift = 0; shift < Varint.INT_BYTES_MAX * 7; shift += 7) {
      if (at == recordEnd) {
        throw corrupt(what + " is cut off");
      }
      byte next = array[at++];
      rest |= (next & 0x7f) << shift;
      if (next >= 0) {
        return (rest >>> 1) ^ -(rest & 1);
      }
    }
    throw corrupt(what + " is longer than " + Varint.INT_BYTES_MAX + " bytes");
  }

  private long varlong(String what) {
    long rest = 0;
    for (int shift = 0; shift < Varint.LONG_BYTES_MAX * 7; shift += 7) {
      if (at == recordEnd) {
        throw corrupt(what + " is cut off");
      }
      byte next = array[at++];
      rest |= (next & 0x7fL) << shift;
      if (next >= 0) {
        return (rest >>> 1) ^ -(rest & 1);
      }
    }
    throw corrupt(what + " is longer than " + Varint.LONG_BYTES_MAX + " bytes");
  }

  /** What the positions refer to, until {@link #next()}. */
  byte[] array() {
    return array;
  }

  /** The present record's place in the batch, from 0. */
  int index() {
    return index;
  }

  long timestampMs() {
    return timestampMs;
  }

  int keyAt() {
    return keyAt;
  }

  /** -1: null. */
  int keyLength() {
    return keyLength;
  }

  int valueAt() {
    return valueAt;
  }

  /** -1: null. */
  int valueLength() {
    return valueLength;
  }

  int headerCount() {
    return headerCount;
  }

  int position() {
    return at;
  }

  private InvalidBatchException corrupt(String what) {
    return new InvalidBatchException(Kind.CORRUPT, "record " + index + ": " + what);
  }

  private InvalidBatchException tooLarge(String what) {
    return new InvalidBatchException(Kind.TOO_LARGE, "record " + index + ": " + what);
  }

  @Override
  public void close() {
    input.close();
  }
}
