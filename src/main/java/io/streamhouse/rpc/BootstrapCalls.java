package io.streamhouse.rpc;

import io.streamhouse.ErrorCode;
import io.streamhouse.StreamHouseException;
import io.streamhouse.common.AgentAddress;
import io.vertx.core.Future;
import io.vertx.grpc.common.ServiceMethod;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/**
 * Calls that any agent can answer. Begins with the agent that answered last and goes on to the next one when an agent
 * cannot be reached. Safe to use from any thread.
 */
public final class BootstrapCalls {
  private final AgentClient client;
  private final List<AgentAddress> agents;
  private final long timeoutMs;
  private final AtomicInteger preferred = new AtomicInteger();

  /**
   * Creates calls.
   *
   * @param agents at least one
   * @param timeoutMs of each call to each agent
   */
  public BootstrapCalls(AgentClient client, List<AgentAddress> agents, long timeoutMs) {
    this.client = client;
    this.agents = List.copyOf(agents);
    this.timeoutMs = timeoutMs;
  }

  /** Calls a method that changes nothing: every retriable failure is worth asking the next agent. */
  public <Q, R> Future<R> read(ServiceMethod<R, Q> method, Q message) {
    return attempt(method, message, true, preferred.get(), 0);
  }

  /** Calls a method that changes something: the next agent is asked only when surely nothing has happened. */
  public <Q, R> Future<R> write(ServiceMethod<R, Q> method, Q message) {
    return attempt(method, message, false, preferred.get(), 0);
  }

  private <Q, R> Future<R> attempt(
      ServiceMethod<R, Q> method, Q message, boolean repeatable, int index, int failures) {
    return client
        .call(agents.get(index), method, message, timeoutMs)
        .onSuccess(answer -> preferred.set(index))
        .recover(failure -> {
          boolean next = failure instanceof StreamHouseException known
              && known.code().isRetriable()
              && (repeatable || !known.mayHaveBeenWritten());
          if (!next || agents.size() == 1) {
            return Future.failedFuture(failure);
          }
          if (failures + 1 == agents.size()) {
            return Future.failedFuture(noneLeft(failure));
          }
          return attempt(method, message, repeatable, (index + 1) % agents.size(), failures + 1);
        });
  }

  private StreamHouseException noneLeft(Throwable last) {
    String names = agents.stream().map(AgentAddress::toString).collect(Collectors.joining(", "));
    return StreamHouseException.of(
        ErrorCode.UNAVAILABLE,
        "none of the agents " + names + " can answer; the last one: " + last.getMessage(),
        last);
  }
}
