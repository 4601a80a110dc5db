package io.streamhouse.cli;

import io.streamhouse.Admin;
import io.streamhouse.AdminOptions;
import io.streamhouse.Consumer;
import io.streamhouse.ConsumerOptions;
import io.streamhouse.Producer;
import io.streamhouse.ProducerOptions;
import io.streamhouse.Topic;
import io.streamhouse.metadata.PartitionState;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Sends lines to an embedded stack, reads them back, and shows what happened in between. */
final class DemoJob {
  private static final String TOPIC = "demo";
  private static final int PARTITIONS = 3;

  /** Small, so that even a short file fills several batches of several partitions. */
  private static final int BATCH_BYTES_MAX = 16 << 10;

  private static final int OBJECTS_SHOWN = 10;

  private final Vertx vertx;
  private final Terminal terminal;
  private final EmbeddedStack stack;
  private final List<String> bootstrap;

  DemoJob(Vertx vertx, Terminal terminal, EmbeddedStack stack) {
    this.vertx = vertx;
    this.terminal = terminal;
    this.stack = stack;
    bootstrap = List.of(stack.address().toString());
  }

  /** Returns whether what was read is what was sent. */
  boolean run(InputStream input) throws IOException {
    Admin admin = Admin.create(vertx, new AdminOptions().setBootstrap(bootstrap));
    Topic topic = VertxSession.await(admin.createTopic(TOPIC, PARTITIONS, Map.of()));
    step("2. created topic " + TOPIC + " with " + PARTITIONS + " partitions");
    Map<Integer, PartitionDigest> sent = new TreeMap<>();
    ProduceTally tally = produce(input, sent);
    if (tally.firstFailure() != null) {
      step("   FAILED: " + tally.firstFailure());
      return false;
    }
    StoredTopic stored = StoredTopic.read(vertx, stack.metadata(), stack.objects(), topic.id());
    showObjects(stored);
    showRows(stored);
    Map<Integer, PartitionDigest> read = consume();
    return compare(sent, read, stored);
  }

  private ProduceTally produce(InputStream input, Map<Integer, PartitionDigest> sent)
      throws IOException {
    long startedAt = ProcessClock.nanoTime();
    ProducerOptions options =
        new ProducerOptions().setBootstrap(bootstrap).setBatchBytesMax(BATCH_BYTES_MAX);
    Producer producer = Producer.create(vertx, options);
    RecordTemplate template = new RecordTemplate(TOPIC, null, List.of(), new KeyRule.None());
    ProducePump pump = new ProducePump(
        vertx.getOrCreateContext(), producer, template, (place, line) -> sent.computeIfAbsent(
                place.partition(), p -> new PartitionDigest())
            .add(place.offset(), line));
    LineReader reader = new LineReader(input, options.getRecordBytesMax(), false);
    boolean wanted = true;
    while (wanted) {
      Lines lines = reader.next();
      wanted = lines != null && VertxSession.await(pump.send(lines));
    }
    VertxSession.await(pump.finish());
    VertxSession.await(producer.close());
    ProduceTally tally = pump.tally();
    step(
        "3. sent every line as a record, through producer, gRPC, agent, object store and database:");
    ProduceSummary.text(TOPIC, tally, ProcessClock.nanoTime() - startedAt)
        .forEach(line -> terminal.line("   " + line));
    terminal.flush();
    return tally;
  }

  private void showObjects(StoredTopic stored) {
    int batches =
        stored.objects().stream().mapToInt(StoredTopic.StoredObject::batches).sum();
    step("4. in the object store: " + stored.objects().size() + " segment objects with "
        + Figures.count(batches) + " batches; every checksum holds");
    Table table = new Table("   KEY", "BYTES", "CHUNKS", "BATCHES");
    stored.objects().stream()
        .limit(OBJECTS_SHOWN)
        .forEach(object -> table.row(
            "   " + object.object().key(),
            Figures.count(object.object().size()),
            object.chunks(),
            object.batches()));
    table.lines().forEach(terminal::line);
    if (stored.objects().size() > OBJECTS_SHOWN) {
      terminal.line("   and " + (stored.objects().size() - OBJECTS_SHOWN) + " more");
    }
  }

  private void showRows(StoredTopic stored) {
    step("5. in PostgreSQL: " + stored.objects().size() + " rows of objects, "
        + Figures.count(stored.chunks()) + " of chunks, " + stored.partitions().size()
        + " of partitions");
    Table table = new Table("   PARTITION", "START OFFSET", "END OFFSET", "LEASE EPOCH");
    for (PartitionState partition : stored.partitions()) {
      table.row(
          "   " + partition.id().partition(),
          partition.startOffset(),
          partition.endOffset(),
          partition.epoch());
    }
    table.lines().forEach(terminal::line);
  }

  private Map<Integer, PartitionDigest> consume() {
    Map<Integer, PartitionDigest> read = new TreeMap<>();
    long startedAt = ProcessClock.nanoTime();
    Promise<Void> ended = Promise.promise();
    Consumer consumer = Consumer.create(
        vertx, new ConsumerOptions().setBootstrap(bootstrap).setTopic(TOPIC).setFollow(false));
    consumer.exceptionHandler(ended::tryFail);
    consumer.endHandler(v -> ended.tryComplete());
    consumer.handler(record -> read.computeIfAbsent(record.partition(), p -> new PartitionDigest())
        .add(record.offset(), java.util.Objects.requireNonNull(record.value())));
    VertxSession.await(ended.future());
    long records = read.values().stream().mapToLong(PartitionDigest::records).sum();
    step("6. read back " + Figures.count(records) + " records in "
        + Figures.seconds(ProcessClock.nanoTime() - startedAt));
    return read;
  }

  private boolean compare(
      Map<Integer, PartitionDigest> sent, Map<Integer, PartitionDigest> read, StoredTopic stored) {
    boolean same = true;
    for (PartitionState state : stored.partitions()) {
      int partition = state.id().partition();
      PartitionDigest written = sent.getOrDefault(partition, new PartitionDigest());
      PartitionDigest found = read.getOrDefault(partition, new PartitionDigest());
      boolean equal = written.records() == state.endOffset()
          && found.records() == state.endOffset()
          && written.stranded() == 0
          && found.stranded() == 0
          && written.hex().equals(found.hex());
      terminal.line("   partition " + partition + ": sent " + Figures.count(written.records())
          + ", committed " + Figures.count(state.endOffset()) + ", read "
          + Figures.count(found.records()) + (equal ? ", byte for byte the same" : ": DIFFERENT"));
      same &= equal;
    }
    return same;
  }

  private void step(String text) {
    terminal.line(text);
    terminal.flush();
  }
}
