package io.streamhouse.agent;

import com.google.protobuf.ByteString;
import io.streamhouse.ErrorCode;
import io.streamhouse.StreamHouseException;
import io.streamhouse.common.PartitionId;
import io.streamhouse.common.Scheduler;
import io.streamhouse.proto.v1.FetchFormat;
import io.streamhouse.proto.v1.FetchPartition;
import io.streamhouse.proto.v1.FetchRequest;
import io.streamhouse.proto.v1.FetchResponse;
import io.streamhouse.proto.v1.FetchedPartition;
import io.streamhouse.proto.v1.FetchedRecord;
import io.streamhouse.proto.v1.Header;
import io.streamhouse.record.InvalidBatchException;
import io.streamhouse.record.LogRecord;
import io.streamhouse.record.RecordBatch;
import io.streamhouse.rpc.RpcErrors;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One fetch: reads all its partitions, and when there is too little waits for more, at most as long as it was told. A
 * partition that fails answers its error at once and does not keep the others back.
 *
 * <p>Partitions led here wake the fetch when they commit. For others it looks into the database from time to time: that
 * happens only at a log without a leader, or at an agent the client need not have asked.
 */
final class FetchCall {
  private static final int PARTITIONS_MAX = 1_000;
  private static final int BYTES_MAX = 32 << 20;
  private static final int BYTES_DEFAULT = 8 << 20;
  private static final int WAIT_MS_MAX = 60_000;
  private static final int POLL_MS = 100;

  private final Agent agent;
  private final FetchRequest request;
  private final int bytesMax;
  private final long deadlineMs;
  private final Promise<FetchResponse> answer = Promise.promise();

  FetchCall(Agent agent, FetchRequest request) {
    this.agent = agent;
    this.request = request;
    this.bytesMax = limit("max_bytes", request.getMaxBytes(), BYTES_DEFAULT);
    this.deadlineMs = agent.scheduler().nowMs() + request.getMaxWaitMs();
  }

  Future<FetchResponse> run() {
    if (request.getPartitionsCount() == 0 || request.getPartitionsCount() > PARTITIONS_MAX) {
      throw invalid(
          "partitions must be 1.." + PARTITIONS_MAX + ", but are " + request.getPartitionsCount());
    }
    if (request.getMaxWaitMs() < 0 || request.getMaxWaitMs() > WAIT_MS_MAX) {
      throw invalid("max_wait_ms must be 0.." + WAIT_MS_MAX + ", but is " + request.getMaxWaitMs());
    }
    request.getPartitionsList().forEach(FetchCall::check);
    List<Future<PartitionId>> ids = new ArrayList<>();
    request.getPartitionsList().forEach(partition -> ids.add(resolve(partition)));
    Future.join(ids).onComplete(v -> readAll(ids));
    return answer.future();
  }

  private static void check(FetchPartition partition) {
    if (!FetchRpc.namesTopic(partition.getTopic(), partition.getTopicId())) {
      throw invalid("each partition needs one of topic and topic_id");
    }
    if (partition.getOffset() < 0) {
      throw invalid("offset must not be negative, but is " + partition.getOffset());
    }
    limit("max_bytes", partition.getMaxBytes(), BYTES_DEFAULT);
  }

  private Future<PartitionId> resolve(FetchPartition partition) {
    try {
      return partition.getTopic().isEmpty()
          ? agent
              .topics()
              .partition(ByteStrings.toUuid(partition.getTopicId()), partition.getPartition())
          : agent.topics().partition(partition.getTopic(), partition.getPartition());
    } catch (StreamHouseException e) {
      return Future.failedFuture(e);
    }
  }

  private void readAll(List<Future<PartitionId>> ids) {
    read(ids, 0, bytesMax, new ArrayList<>()).onComplete(read -> {
      if (read.failed()) {
        answer.fail(read.cause());
        return;
      }
      List<Future<FetchedSlice>> slices = read.result();
      long size = 0;
      boolean failed = false;
      for (Future<FetchedSlice> slice : slices) {
        failed |= slice.failed();
        size += slice.failed() ? 0 : slice.result().sizeBytes();
      }
      long leftMs = deadlineMs - agent.scheduler().nowMs();
      if (failed || size >= Math.max(1, request.getMinBytes()) || leftMs <= 0) {
        answer.complete(response(slices));
      } else {
        waitForMore(ids, slices, leftMs);
      }
    });
  }

  /** One partition after the other, so that the limit for all is kept without reading in vain. */
  private Future<List<Future<FetchedSlice>>> read(
      List<Future<PartitionId>> ids, int next, int bytesLeft, List<Future<FetchedSlice>> slices) {
    int index = next;
    int left = bytesLeft;
    while (index < ids.size()) {
      Future<FetchedSlice> slice = slice(ids.get(index), request.getPartitions(index), left);
      if (!slice.isComplete()) {
        int following = index + 1;
        int leftNow = left;
        return slice.transform(read -> {
          slices.add(slice);
          long size = read.succeeded() ? read.result().sizeBytes() : 0;
          return read(ids, following, (int) Math.max(0, leftNow - size), slices);
        });
      }
      slices.add(slice);
      left = slice.succeeded() ? (int) Math.max(0, left - slice.result().sizeBytes()) : left;
      index++;
    }
    return Future.succeededFuture(slices);
  }

  private Future<FetchedSlice> slice(
      Future<PartitionId> id, FetchPartition partition, int bytesLeft) {
    if (id.failed()) {
      return Future.failedFuture(id.cause());
    }
    if (bytesLeft <= 0) {
      return Future.succeededFuture(new FetchedSlice(-1, -1, List.of()));
    }
    int limit = Math.min(bytesLeft, limit("max_bytes", partition.getMaxBytes(), BYTES_DEFAULT));
    return agent.reader().read(id.result(), partition.getOffset(), limit);
  }

  private void waitForMore(
      List<Future<PartitionId>> ids, List<Future<FetchedSlice>> slices, long leftMs) {
    List<PartitionLog> led = new ArrayList<>();
    boolean moved = false;
    for (int i = 0; i < ids.size(); i++) {
      PartitionLog log = agent.heldLog(ids.get(i).result());
      if (log != null) {
        led.add(log);
        moved |= log.committedEnd() > slices.get(i).result().endOffset();
      }
    }
    long waitMs = led.size() == ids.size() ? leftMs : Math.min(POLL_MS, leftMs);
    // A log that has moved while another was being read does not call again.
    new Waiting(ids, led).start(moved ? 0 : waitMs);
  }

  private FetchResponse response(List<Future<FetchedSlice>> slices) {
    FetchResponse.Builder response = FetchResponse.newBuilder();
    for (int i = 0; i < slices.size(); i++) {
      FetchPartition asked = request.getPartitions(i);
      FetchedPartition.Builder partition = FetchedPartition.newBuilder()
          .setTopic(asked.getTopic())
          .setPartition(asked.getPartition());
      Future<FetchedSlice> slice = slices.get(i);
      if (slice.failed()) {
        partition.setError(RpcErrors.toMessage(GrpcCalls.asKnown(slice.cause())));
      } else {
        fill(partition, asked.getOffset(), slice.result());
      }
      response.addPartitions(partition);
    }
    return response.build();
  }

  private void fill(FetchedPartition.Builder partition, long offset, FetchedSlice slice) {
    partition.setStartOffset(slice.startOffset()).setEndOffset(slice.endOffset());
    if (request.getFormat() != FetchFormat.FETCH_FORMAT_RECORDS) {
      partition.setBatches(ByteStrings.concat(slice.batches()));
      return;
    }
    try {
      for (ByteBuffer batch : slice.batches()) {
        for (LogRecord record :
            RecordBatch.at(batch, 0).records(agent.options().getUncompressedBytesMax())) {
          if (record.offset() >= offset) {
            partition.addRecords(record(record));
          }
        }
      }
    } catch (InvalidBatchException e) {
      partition
          .clearRecords()
          .setError(RpcErrors.toMessage(StreamHouseException.of(
              ErrorCode.DATA_LOSS,
              partition.getTopic() + "-" + partition.getPartition() + ": " + e.getMessage(),
              e)));
    }
  }

  private static FetchedRecord record(LogRecord record) {
    FetchedRecord.Builder fetched =
        FetchedRecord.newBuilder().setOffset(record.offset()).setTimestampMs(record.timestampMs());
    if (record.key() != null) {
      fetched.setKey(bytes(record.key()));
    }
    if (record.value() != null) {
      fetched.setValue(bytes(record.value()));
    }
    record.headers().forEach(header -> {
      Header.Builder copy = Header.newBuilder().setKey(header.key());
      if (header.value() != null) {
        copy.setValue(bytes(Objects.requireNonNull(header.value())));
      }
      fetched.addHeaders(copy);
    });
    return fetched.build();
  }

  private static ByteString bytes(Buffer buffer) {
    return ByteString.copyFrom(buffer.getBytes());
  }

  private static int limit(String name, int given, int otherwise) {
    if (given < 0 || given > BYTES_MAX) {
      throw invalid(name + " must be 0.." + BYTES_MAX + ", but is " + given);
    }
    return given == 0 ? otherwise : given;
  }

  private static StreamHouseException invalid(String message) {
    return StreamHouseException.of(ErrorCode.INVALID_ARGUMENT, message);
  }

  /** Wakes the fetch once: at a commit, at the loss of a lease, or when its time is over. */
  private final class Waiting implements Runnable {
    private final List<Future<PartitionId>> ids;
    private final List<PartitionLog> led;
    private Scheduler.@Nullable Task timer;
    private boolean woken;

    Waiting(List<Future<PartitionId>> ids, List<PartitionLog> led) {
      this.ids = ids;
      this.led = led;
    }

    void start(long waitMs) {
      timer = agent.scheduler().schedule(waitMs, this);
      led.forEach(log -> log.onceCommitted(this));
    }

    @Override
    public void run() {
      if (woken) {
        return;
      }
      woken = true;
      if (timer != null) {
        timer.cancel();
      }
      led.forEach(log -> log.removeListener(this));
      // In a turn of its own: a commit wakes many fetches, and producers are told first.
      agent.scheduler().schedule(0, () -> readAll(ids));
    }
  }
}
