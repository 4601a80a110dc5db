package io.streamhouse.cli;

import io.streamhouse.record.BatchLimits;
import io.streamhouse.record.InvalidBatchException;
import io.streamhouse.record.LogRecord;
import io.streamhouse.record.RecordBatch;
import io.streamhouse.segment.CorruptSegmentException;
import io.streamhouse.segment.SegmentChunk;
import io.streamhouse.segment.SegmentReader;
import io.vertx.core.json.JsonObject;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/** Shows what is in a segment object and goes on behind damage where it can. */
final class SegmentPrinter {
  private final Terminal terminal;
  private final boolean withRecords;
  private int problems;

  SegmentPrinter(Terminal terminal, boolean withRecords) {
    this.terminal = terminal;
    this.withRecords = withRecords;
  }

  /** Returns whether everything is intact. */
  boolean print(String name, ByteBuffer object) {
    terminal.line("segment  " + name);
    terminal.line("size     " + Figures.count(object.remaining()) + " bytes");
    try {
      print(SegmentReader.parse(object));
    } catch (CorruptSegmentException e) {
      problem("", "header or footer", e.getMessage());
    }
    terminal.line(
        problems == 0
            ? "verdict  intact: every checksum holds"
            : "verdict  DAMAGED: " + problems + (problems == 1 ? " problem" : " problems"));
    return problems == 0;
  }

  private void print(SegmentReader segment) {
    terminal.line("cluster  " + segment.header().clusterId());
    terminal.line("session  " + segment.header().sessionId());
    terminal.line("object   " + segment.header().objectId());
    for (SegmentChunk chunk : segment.chunks()) {
      terminal.line("chunk    topic " + chunk.partitionId().topicId() + " partition "
          + chunk.partitionId().partition() + ", offsets " + chunk.baseOffset() + ".."
          + chunk.lastOffset() + ", " + Figures.count(chunk.records()) + " records, epoch "
          + chunk.epoch() + ", bytes " + chunk.position() + ".." + (chunk.end() - 1)
          + ", newest " + Instant.ofEpochMilli(chunk.maxTimestampMs()) + ", CRC-32C "
          + String.format(Locale.ROOT, "%08x", chunk.crc()));
      try {
        segment.batches(chunk);
      } catch (CorruptSegmentException e) {
        problem("  ", "this chunk", e.getMessage());
      }
      printBatches(segment.bytes(chunk));
    }
  }

  private void printBatches(ByteBuffer chunk) {
    List<RecordBatch> batches;
    try {
      batches = RecordBatch.split(chunk);
    } catch (InvalidBatchException e) {
      problem("  ", "its batches", e.getMessage());
      return;
    }
    for (RecordBatch batch : batches) {
      terminal.line("  batch  offsets " + batch.baseOffset() + ".." + batch.lastOffset() + ", "
          + Figures.count(batch.recordCount()) + " records, "
          + batch.compression().name().toLowerCase(Locale.ROOT) + ", "
          + Figures.count(batch.sizeBytes()) + " bytes, producer " + batch.producerId()
          + " epoch " + batch.producerEpoch() + " sequences from " + batch.baseSequence()
          + (batch.hasValidCrc() ? ", CRC ok" : ""));
      if (!batch.hasValidCrc()) {
        problem("    ", "this batch", "does not match its CRC-32C");
      } else if (withRecords) {
        printRecords(batch);
      }
    }
  }

  private void printRecords(RecordBatch batch) {
    try {
      for (LogRecord record : batch.records(BatchLimits.DEFAULT.uncompressedBytesMax())) {
        JsonObject json = new JsonObject()
            .put("offset", record.offset())
            .put("timestampMs", record.timestampMs());
        Json.putBytes(json, "key", record.key());
        Json.putBytes(json, "value", record.value());
        terminal.line(
            "    " + json.put("headers", Json.headers(record.headers())).encode());
      }
    } catch (InvalidBatchException e) {
      problem("    ", "its records", e.getMessage());
    }
  }

  private void problem(
      String indent, String where, @org.jspecify.annotations.Nullable String what) {
    problems++;
    terminal.line(indent + "DAMAGED  " + where + ": " + what);
  }
}
