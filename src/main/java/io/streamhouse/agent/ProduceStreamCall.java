package io.streamhouse.agent;

import io.streamhouse.StreamHouseException;
import io.streamhouse.common.PartitionId;
import io.streamhouse.proto.v1.ProduceBatch;
import io.streamhouse.proto.v1.ProduceResult;
import io.streamhouse.proto.v1.ProduceStreamRequest;
import io.streamhouse.proto.v1.ProduceStreamResponse;
import io.streamhouse.rpc.RpcErrors;
import io.vertx.core.Future;
import io.vertx.grpc.server.GrpcServerRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One producer's stream of batches. Results that come in one turn go out in one message; a refused batch is a result
 * like any other, and the stream goes on. While the agent's memory is full the stream is not read, so HTTP/2 makes the
 * producer wait.
 *
 * <p>Confined to the agent's event loop.
 */
final class ProduceStreamCall {
  private static final Logger LOG = LoggerFactory.getLogger(ProduceStreamCall.class);

  private static final AliasingDecoder<ProduceStreamRequest> DECODER =
      new AliasingDecoder<>(ProduceStreamRequest.parser());

  private final Agent agent;
  private final GrpcServerRequest<ProduceStreamRequest, ProduceStreamResponse> request;
  private ProduceStreamResponse.Builder results = ProduceStreamResponse.newBuilder();
  private long unanswered;
  private boolean writing;
  private boolean requestEnded;
  private boolean over;

  ProduceStreamCall(
      Agent agent, GrpcServerRequest<ProduceStreamRequest, ProduceStreamResponse> request) {
    this.agent = agent;
    this.request = request;
  }

  void start() {
    GrpcCalls.receive(request, DECODER, this::refuse, this::receive);
    request.exceptionHandler(failure -> over = true);
    request.response().exceptionHandler(failure -> over = true);
    request.errorHandler(error -> over = true);
    request.endHandler(v -> {
      requestEnded = true;
      endIfDone();
    });
    // A client may wait for the head before it writes; answers come only later.
    request.response().writeHead().onFailure(failure -> over = true);
    waitWhileFull();
  }

  private void refuse(StreamHouseException failure) {
    over = true;
    GrpcCalls.fail(request, failure);
  }

  private void receive(ProduceStreamRequest message) {
    if (over) {
      return;
    }
    for (ProduceBatch batch : message.getBatchesList()) {
      unanswered++;
      // Not the batch: copies of one that waits already would stay in memory, uncounted.
      long correlationId = batch.getCorrelationId();
      append(batch).onComplete(result -> {
        unanswered--;
        if (result.succeeded()) {
          results.addResults(ProduceResult.newBuilder()
              .setCorrelationId(correlationId)
              .setBaseOffset(result.result().baseOffset())
              .setDuplicate(result.result().duplicate()));
        } else {
          results.addResults(ProduceResult.newBuilder()
              .setCorrelationId(correlationId)
              .setError(RpcErrors.toMessage(GrpcCalls.asKnown(result.cause()))));
        }
        scheduleWrite();
      });
    }
    waitWhileFull();
  }

  /** Also at the start: else each new stream would bring one more message into a full memory. */
  private void waitWhileFull() {
    if (agent.memory().isFull()) {
      request.pause();
      agent.memory().whenOpen(request::resume);
    }
  }

  private Future<AppendResult> append(ProduceBatch batch) {
    try {
      PartitionId partition =
          new PartitionId(ByteStrings.toUuid(batch.getTopicId()), batch.getPartition());
      return agent.append(partition, ByteStrings.toByteBuffer(batch.getRecords()));
    } catch (StreamHouseException e) {
      return Future.failedFuture(e);
    }
  }

  private void scheduleWrite() {
    if (!writing) {
      writing = true;
      agent.scheduler().schedule(0, this::write);
    }
  }

  private void write() {
    writing = false;
    if (over || results.getResultsCount() == 0) {
      return;
    }
    ProduceStreamResponse message = results.build();
    results = ProduceStreamResponse.newBuilder();
    request.response().write(message).onFailure(failure -> {
      over = true;
      LOG.debug("A producer has gone before its answer; it will ask again");
    });
    endIfDone();
  }

  private void endIfDone() {
    if (requestEnded && unanswered == 0 && !writing && !over) {
      over = true;
      request
          .response()
          .end()
          .onFailure(failure -> LOG.debug("A producer has gone at the end of its stream"));
    }
  }
}
