package io.streamhouse.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;

/** What `produce` says at its end. */
final class ProduceSummary {
  private ProduceSummary() {}

  static List<String> text(String topic, ProduceTally tally, long nanos) {
    List<String> lines = new ArrayList<>();
    lines.add("acknowledged " + Figures.count(tally.acknowledgedRecords()) + " records, "
        + Figures.count(tally.acknowledgedBytes()) + " bytes, in topic " + topic + " in "
        + Figures.seconds(nanos));
    tally
        .partitions()
        .forEach((partition, offsets) -> lines.add("  partition " + partition + ": offsets "
            + offsets.first() + ".." + offsets.last() + " ("
            + Figures.count(offsets.records()) + " records)"));
    if (tally.acknowledgedRecords() > 0) {
      lines.add("rate         "
          + Figures.rate(tally.acknowledgedRecords(), tally.acknowledgedBytes(), nanos));
      lines.add("ack latency  " + tally.latency().text(50, 99));
    }
    if (tally.doubtfulRecords() > 0) {
      lines.add("in doubt     " + Figures.count(tally.doubtfulRecords())
          + " records: sent, not acknowledged, perhaps written");
    }
    if (tally.refusedRecords() > 0) {
      lines.add("not written  " + Figures.count(tally.refusedRecords()) + " records");
    }
    if (tally.inFlightRecords() > 0) {
      lines.add(
          "in flight    " + Figures.count(tally.inFlightRecords()) + " records: perhaps written");
    }
    return lines;
  }

  static JsonObject json(String topic, ProduceTally tally, long nanos) {
    JsonArray partitions = new JsonArray();
    tally
        .partitions()
        .forEach((partition, offsets) -> partitions.add(new JsonObject()
            .put("partition", partition)
            .put("firstOffset", offsets.first())
            .put("lastOffset", offsets.last())
            .put("records", offsets.records())));
    JsonObject json = new JsonObject()
        .put("topic", topic)
        .put("acknowledgedRecords", tally.acknowledgedRecords())
        .put("acknowledgedBytes", tally.acknowledgedBytes())
        .put("doubtfulRecords", tally.doubtfulRecords() + tally.inFlightRecords())
        .put("notWrittenRecords", tally.refusedRecords())
        .put("partitions", partitions)
        .put("elapsedMs", nanos / 1_000_000)
        .put("recordsPerSecond", Figures.perSecond(tally.acknowledgedRecords(), nanos))
        .put("mbPerSecond", Figures.megabytesPerSecond(tally.acknowledgedBytes(), nanos));
    if (tally.acknowledgedRecords() > 0) {
      json.put("ackLatencyMs", tally.latency().json(50, 99));
    }
    return json;
  }
}
