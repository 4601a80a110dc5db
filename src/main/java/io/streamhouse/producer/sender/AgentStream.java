package io.streamhouse.producer.sender;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.streamhouse.ErrorCode;
import io.streamhouse.StreamHouseException;
import io.streamhouse.common.AgentAddress;
import io.streamhouse.common.PartitionId;
import io.streamhouse.common.RetryPolicy;
import io.streamhouse.common.Scheduler;
import io.streamhouse.proto.v1.ProduceBatch;
import io.streamhouse.proto.v1.ProduceResult;
import io.streamhouse.proto.v1.ProduceStreamRequest;
import io.streamhouse.proto.v1.ProduceStreamResponse;
import io.streamhouse.proto.v1.ProducerServiceGrpcClient;
import io.streamhouse.rpc.AgentClient;
import io.streamhouse.rpc.RpcErrors;
import io.vertx.grpc.client.GrpcClientRequest;
import io.vertx.grpc.client.GrpcClientResponse;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One ordered, pipelined {@code ProduceStream} to one agent, opened when there is something to send, and again after it
 * broke. What is sent in one turn goes out in few messages; what the connection does not take waits here.
 *
 * <p>States: <em>closed</em>, <em>opening</em>, <em>open</em>. A break loses every copy that is here or unanswered, tells
 * so, and puts off the next opening for a while, longer with every failure in a row.
 *
 * <p>Confined to the sender's event loop.
 */
final class AgentStream implements AgentLink {
  private static final Logger LOG = LoggerFactory.getLogger(AgentStream.class);

  /** Batches go out together up to here: beyond it, larger messages gain nothing. */
  private static final int MESSAGE_BYTES = 1 << 20;

  /** What may lie in the connection's own queue. */
  private static final int WRITE_QUEUE_BYTES = 2 << 20;

  private final AgentAddress agent;
  private final AgentClient client;
  private final Scheduler scheduler;
  private final RetryPolicy retryPolicy;
  private final long timeoutMs;
  private final Consumer<AgentAddress> reached;
  private final Deque<Transmission> outbox = new ArrayDeque<>();
  private final Map<Long, Transmission> unanswered = new LinkedHashMap<>();

  private @Nullable Call call;
  private boolean flushScheduled;
  private int failuresInARow;
  private long retryAtNanos;
  private long progressNanos;

  /**
   * Creates a stream, closed.
   *
   * @param timeoutMs after which an agent that answers nothing counts as lost
   * @param reached called when the agent gives its first answer after a failure
   */
  AgentStream(
      AgentAddress agent,
      AgentClient client,
      Scheduler scheduler,
      RetryPolicy retryPolicy,
      long timeoutMs,
      Consumer<AgentAddress> reached) {
    this.agent = agent;
    this.client = client;
    this.scheduler = scheduler;
    this.retryPolicy = retryPolicy;
    this.timeoutMs = timeoutMs;
    this.reached = reached;
    this.retryAtNanos = scheduler.nanoTime();
  }

  @Override
  public void send(Transmission transmission) {
    if (outbox.isEmpty() && unanswered.isEmpty()) {
      progressNanos = scheduler.nanoTime();
    }
    outbox.add(transmission);
    scheduleFlush(0);
  }

  @Override
  public void tick(long nowNanos) {
    // Batches that are given up would otherwise stay in memory for as long as the agent owes their
    // answers.
    unanswered.values().removeIf(copy -> call != null && copy.batch().isDone());
    boolean owesAnswers = !unanswered.isEmpty() || !outbox.isEmpty();
    boolean silent = nowNanos - progressNanos >= TimeUnit.MILLISECONDS.toNanos(timeoutMs);
    Call silentCall = call;
    if (owesAnswers && silent && silentCall != null) {
      silentCall.probe();
      silentCall.end(StreamHouseException.unknownOutcome(
          ErrorCode.TIMEOUT,
          agent + " has answered nothing within requestTimeoutMs (" + timeoutMs
              + " ms): its log may say why",
          null));
    }
  }

  void close() {
    Call open = call;
    call = null;
    outbox.clear();
    unanswered.clear();
    if (open != null) {
      open.abandon();
    }
  }

  private void scheduleFlush(long delayMs) {
    if (!flushScheduled) {
      flushScheduled = true;
      scheduler.schedule(delayMs, () -> {
        flushScheduled = false;
        flush();
      });
    }
  }

  private void flush() {
    outbox.removeIf(copy -> !copy.isWanted());
    if (outbox.isEmpty()) {
      return;
    }
    if (call != null) {
      call.write();
      return;
    }
    long waitNanos = retryAtNanos - scheduler.nanoTime();
    if (waitNanos > 0) {
      scheduleFlush(1 + TimeUnit.NANOSECONDS.toMillis(waitNanos));
      return;
    }
    progressNanos = scheduler.nanoTime();
    Call opened = new Call();
    call = opened;
    opened.open();
  }

  private static ProduceBatch toMessage(Transmission copy) {
    PartitionId id = copy.batch().sealed().partitionId();
    ByteBuffer topicId = ByteBuffer.allocate(2 * Long.BYTES)
        .putLong(id.topicId().getMostSignificantBits())
        .putLong(id.topicId().getLeastSignificantBits())
        .flip();
    return ProduceBatch.newBuilder()
        .setCorrelationId(copy.correlationId())
        .setTopicId(ByteString.copyFrom(topicId))
        .setPartition(id.partition())
        .setRecords(UnsafeByteOperations.unsafeWrap(copy.batch().bytes()))
        .build();
  }

  /** One call of {@code ProduceStream}; what comes from an older one than the present is ignored. */
  private final class Call {
    private @Nullable GrpcClientRequest<ProduceStreamRequest, ProduceStreamResponse> request;

    void open() {
      client
          .<ProduceStreamRequest, ProduceStreamResponse>open(
              agent, ProducerServiceGrpcClient.ProduceStream)
          .onSuccess(this::opened)
          .onFailure(this::broken);
    }

    private void opened(GrpcClientRequest<ProduceStreamRequest, ProduceStreamResponse> ready) {
      if (call != this) {
        ready.cancel();
        return;
      }
      request = ready;
      ready.setWriteQueueMaxSize(WRITE_QUEUE_BYTES);
      ready.exceptionHandler(this::broken);
      ready.drainHandler(v -> write());
      ready.response().onSuccess(this::answering).onFailure(this::broken);
      write();
    }

    private void answering(
        GrpcClientResponse<ProduceStreamRequest, ProduceStreamResponse> response) {
      response.handler(this::onResults);
      response.exceptionHandler(this::broken);
      // A stream that is reset after the first answer tells this handler and no other.
      response.errorHandler(error -> end(StreamHouseException.unknownOutcome(
          ErrorCode.UNAVAILABLE, "the stream to " + agent + " was reset (" + error + ")", null)));
      response.endHandler(v -> {
        StreamHouseException failure = AgentClient.failureOf("ProduceStream at " + agent, response);
        end(
            failure == null
                ? StreamHouseException.unknownOutcome(
                    ErrorCode.UNAVAILABLE, agent + " has ended the stream", null)
                : failure);
      });
    }

    private void onResults(ProduceStreamResponse response) {
      if (call != this) {
        return;
      }
      progressNanos = scheduler.nanoTime();
      if (failuresInARow > 0) {
        LOG.info("agent {} answers again", agent);
        failuresInARow = 0;
        reached.accept(agent);
      }
      for (ProduceResult result : response.getResultsList()) {
        Transmission copy = unanswered.remove(result.getCorrelationId());
        if (copy == null) {
          continue;
        }
        if (result.hasError()) {
          copy.fail(RpcErrors.toException(result.getError()));
        } else {
          copy.succeed(result.getBaseOffset());
        }
      }
    }

    void write() {
      while (call == this && request != null && !outbox.isEmpty() && !request.writeQueueFull()) {
        ProduceStreamRequest.Builder message = ProduceStreamRequest.newBuilder();
        long bytes = 0;
        while (!outbox.isEmpty()
            && (bytes == 0 || bytes + outbox.getFirst().batch().sizeBytes() <= MESSAGE_BYTES)) {
          Transmission copy = outbox.removeFirst();
          if (copy.isWanted()) {
            copy.written(scheduler.nanoTime());
            unanswered.put(copy.correlationId(), copy);
            message.addBatches(toMessage(copy));
            bytes += copy.batch().sizeBytes();
          }
        }
        if (bytes > 0) {
          request.write(message.build()).onFailure(this::broken);
        }
      }
    }

    private void broken(Throwable cause) {
      end(
          cause instanceof StreamHouseException known
              ? known
              : StreamHouseException.unknownOutcome(
                  ErrorCode.UNAVAILABLE,
                  "the stream to " + agent + " broke (" + cause.getMessage() + ")",
                  cause));
    }

    void end(StreamHouseException failure) {
      if (call != this) {
        return;
      }
      call = null;
      abandon();
      List<Transmission> lost = new ArrayList<>(unanswered.values());
      lost.addAll(outbox);
      unanswered.clear();
      outbox.clear();
      if (failuresInARow++ == 0 && !lost.isEmpty()) {
        LOG.warn(
            "agent {} lost with {} batches on their way: {}",
            agent,
            lost.size(),
            failure.getMessage());
      }
      retryAtNanos = scheduler.nanoTime()
          + TimeUnit.MILLISECONDS.toNanos(retryPolicy.delayMs(failuresInARow - 1));
      lost.forEach(copy -> copy.lose(failure));
    }

    /** The next call must not be lost on the same dead connection. */
    void probe() {
      if (request != null) {
        AgentClient.probe(request.connection());
      }
    }

    /** Frees the connection's stream. */
    void abandon() {
      if (request != null) {
        request.cancel();
        request = null;
      }
    }
  }
}
