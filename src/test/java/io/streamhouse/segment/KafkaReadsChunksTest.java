package io.streamhouse.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamhouse.record.Compression;
import io.streamhouse.record.RecordBatch;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.record.internal.FileLogInputStream.FileChannelRecordBatch;
import org.apache.kafka.common.record.internal.FileRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.tools.DumpLogSegments;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** A chunk cut out of an object is a log segment file that Kafka's own tools read. */
@Isolated("it captures System.out")
class KafkaReadsChunksTest {
  private static final int RECORDS_PER_BATCH = 40;

  @TempDir
  private Path directory;

  private Path file;

  /** Cuts out the second of two chunks, which has a batch of each compression. */
  @BeforeEach
  void cutOutAChunk() throws IOException {
    SegmentWriter writer = new SegmentWriter(Segments.HEADER);
    writer.addChunk(
        Segments.ORDERS_0, 1, List.of(Segments.batch(7, 1, 3, Compression.NONE, Segments.TIME)));
    List<RecordBatch> batches = new ArrayList<>();
    for (Compression compression : Compression.values()) {
      long baseOffset = (long) RECORDS_PER_BATCH * batches.size();
      batches.add(Segments.batch(baseOffset, 12, RECORDS_PER_BATCH, compression, Segments.TIME));
    }
    writer.addChunk(Segments.EVENTS_5, 12, batches);
    ByteBuffer object = Segments.join(writer.finish());

    SegmentChunk chunk =
        SegmentReader.parseFooter(object, object.limit()).chunks().get(1);
    byte[] bytes = new byte[chunk.length()];
    object.get((int) chunk.position(), bytes);
    file = Files.write(directory.resolve("00000000000000000000.log"), bytes);
  }

  @Test
  void kafkasFileRecordsReadsAChunk() throws IOException {
    List<String> values = new ArrayList<>();
    List<Integer> compressions = new ArrayList<>();
    try (FileRecords records = FileRecords.open(file.toFile(), false)) {
      for (FileChannelRecordBatch batch : records.batches()) {
        batch.ensureValid();
        compressions.add((int) batch.compressionType().id);
        assertThat(batch.partitionLeaderEpoch()).isEqualTo(12);
        assertThat(batch.producerId()).isEqualTo(4711);
        for (Record record : batch) {
          assertThat(record.offset()).isEqualTo(values.size());
          values.add(StandardCharsets.UTF_8.decode(record.value()).toString());
        }
      }
    }
    assertThat(compressions).containsExactly(0, 1, 2, 3, 4);
    assertThat(values)
        .hasSize(5 * RECORDS_PER_BATCH)
        .startsWith("value of offset 0")
        .endsWith("value of offset 199");
  }

  @Test
  void kafkasDumpLogSegmentsFindsAChunkValid() throws IOException {
    List<String> lines = dump();

    List<String> batches =
        lines.stream().filter(line -> line.startsWith("baseOffset")).toList();
    assertThat(batches).hasSize(5);
    int position = 0;
    for (int i = 0; i < 5; i++) {
      int baseOffset = i * RECORDS_PER_BATCH;
      assertThat(batches.get(i))
          .contains(
              "baseOffset: " + baseOffset + " lastOffset: " + (baseOffset + RECORDS_PER_BATCH - 1)
                  + " count: 40 baseSequence: 10 lastSequence: 49")
          .contains("producerId: 4711 producerEpoch: 2 partitionLeaderEpoch: 12")
          .contains("isTransactional: false isControl: false")
          .contains(" position: " + position + " ")
          .contains("CreateTime: " + (Segments.TIME + RECORDS_PER_BATCH - 1))
          .contains("magic: 2")
          .contains("compresscodec: "
              + List.of("none", "gzip", "snappy", "lz4", "zstd").get(i) + " ")
          .contains("isvalid: true");
      position += Integer.parseInt(batches.get(i).replaceAll(".* size: (\\d+) .*", "$1"));
    }
    assertThat((long) position).isEqualTo(Files.size(file));
    List<String> records =
        lines.stream().filter(line -> line.startsWith("| offset")).toList();
    assertThat(records).hasSize(5 * RECORDS_PER_BATCH);
    assertThat(records.get(163))
        .contains("offset: 163 ", "key: key 163 payload: value of offset 163", "[source]");
  }

  @Test
  void kafkasDumpLogSegmentsFindsAChangedByte() throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[200] ^= 1;
    Files.write(file, bytes);

    assertThat(dump())
        .anyMatch(line -> line.startsWith("baseOffset: 0 ") && line.endsWith("isvalid: false"));
  }

  private List<String> dump() throws IOException {
    PrintStream out = System.out;
    ByteArrayOutputStream captured = new ByteArrayOutputStream();
    System.setOut(new PrintStream(captured, true, StandardCharsets.UTF_8));
    try {
      DumpLogSegments.main(
          new String[] {"--files", file.toString(), "--print-data-log", "--deep-iteration"});
    } finally {
      System.setOut(out);
    }
    return captured.toString(StandardCharsets.UTF_8).lines().toList();
  }
}
