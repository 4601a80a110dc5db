package io.streamhouse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamhouse.ErrorCode;
import io.streamhouse.RecordMetadata;
import io.streamhouse.StreamHouseException;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;

class ProduceSummaryTest {
  private static final long SECOND = 1_000_000_000L;

  private final ProduceTally tally = new ProduceTally();

  private void acknowledge(int partition, long offset) {
    tally.sent(100);
    tally.acknowledged(new RecordMetadata("logs", partition, offset, 0), 100, 5_000_000);
  }

  @Test
  void offsetsAreGivenPerPartitionWhateverTheOrderOfAcknowledgements() {
    acknowledge(1, 8);
    acknowledge(0, 3);
    acknowledge(1, 7);

    assertThat(ProduceSummary.text("logs", tally, SECOND / 2))
        .containsExactly(
            "acknowledged 3 records, 300 bytes, in topic logs in 0.50 s",
            "  partition 0: offsets 3..3 (1 records)",
            "  partition 1: offsets 7..8 (2 records)",
            "rate         6 records/s, 0.00 MB/s",
            "ack latency  p50 5.0 ms, p99 5.0 ms, max 5.0 ms");
  }

  @Test
  void failedRecordsAreDividedIntoThoseInDoubtAndThoseSurelyNotWritten() {
    acknowledge(0, 0);
    tally.sent(1);
    tally.failed(2, StreamHouseException.of(ErrorCode.RECORD_TOO_LARGE, "too large"));
    tally.sent(1);
    tally.failed(3, StreamHouseException.unknownOutcome(ErrorCode.DELIVERY_TIMEOUT, "late", null));

    assertThat(ProduceSummary.text("logs", tally, SECOND))
        .contains(
            "in doubt     1 records: sent, not acknowledged, perhaps written",
            "not written  1 records");
    assertThat(tally.firstFailure()).startsWith("line 2: too large");
    JsonObject json = ProduceSummary.json("logs", tally, SECOND);
    assertThat(json.getLong("acknowledgedRecords")).isEqualTo(1);
    assertThat(json.getLong("doubtfulRecords")).isEqualTo(1);
    assertThat(json.getLong("notWrittenRecords")).isEqualTo(1);
  }

  @Test
  void nothingSentGivesNoRateAndNoLatency() {
    assertThat(ProduceSummary.text("logs", tally, 0))
        .containsExactly("acknowledged 0 records, 0 bytes, in topic logs in 0.00 s");
    assertThat(ProduceSummary.json("logs", tally, 0).containsKey("ackLatencyMs"))
        .isFalse();
  }
}
