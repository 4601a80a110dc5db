package io.streamhouse.cli;

import io.vertx.core.json.JsonObject;
import java.util.List;

/**
 * What a bench has measured.
 *
 * @param plan what was asked for
 * @param records acknowledged, every one durable
 * @param nanos from the first record sent to the last one acknowledged
 * @param latency of acknowledgements
 */
record BenchResult(BenchPlan plan, long records, long nanos, LatencyRecorder latency) {
  private static final double[] PERCENTILES = {50, 95, 99, 99.9};

  List<String> text() {
    long bytes = records * plan.recordBytes();
    return List.of(
        "records      " + Figures.count(records) + " of " + Figures.count(plan.recordBytes())
            + " bytes in " + plan.partitions()
            + (plan.partitions() == 1 ? " partition" : " partitions")
            + ", all durable and counted in the log",
        "time         " + Figures.seconds(nanos),
        "rate         " + Figures.rate(records, bytes, nanos),
        "ack latency  " + latency.text(PERCENTILES)
            + (plan.ratePerSecond() > 0 ? " (from when each record was due)" : ""));
  }

  JsonObject json() {
    long bytes = records * plan.recordBytes();
    return new JsonObject()
        .put("records", records)
        .put("recordBytes", plan.recordBytes())
        .put("partitions", plan.partitions())
        .put("ratePerSecond", plan.ratePerSecond())
        .put("elapsedMs", nanos / 1_000_000)
        .put("recordsPerSecond", Figures.perSecond(records, nanos))
        .put("mbPerSecond", Figures.megabytesPerSecond(bytes, nanos))
        .put("ackLatencyMs", latency.json(PERCENTILES));
  }
}
