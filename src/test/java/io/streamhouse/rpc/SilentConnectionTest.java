package io.streamhouse.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.streamhouse.ErrorCode;
import io.streamhouse.StreamHouseException;
import io.streamhouse.common.AgentAddress;
import io.streamhouse.proto.v1.LookupLeasesRequest;
import io.streamhouse.proto.v1.LookupLeasesResponse;
import io.streamhouse.proto.v1.MetadataServiceGrpcClient;
import io.streamhouse.testing.Await;
import io.streamhouse.testing.HalfOpenProxy;
import io.streamhouse.testing.ScriptedAgent;
import io.streamhouse.testing.ScriptedCluster;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls over a connection that looks open. */
@Timeout(30)
class SilentConnectionTest {
  private static final int TIMEOUT_MS = 200;

  private Vertx vertx;
  private ScriptedAgent agent;
  private AgentClient client;

  @BeforeEach
  void start() {
    vertx = Vertx.vertx();
    agent = ScriptedAgent.start(vertx, new ScriptedCluster(), "a");
    client = AgentClient.create(vertx);
  }

  @AfterEach
  void stop() {
    Await.result(vertx.close());
  }

  private Future<LookupLeasesResponse> call(String address) {
    return client.call(
        AgentAddress.parse(address),
        MetadataServiceGrpcClient.LookupLeases,
        LookupLeasesRequest.getDefaultInstance(),
        TIMEOUT_MS);
  }

  @Test
  void aConnectionThatAnswersNoPingIsReplacedAfterATimeout() {
    HalfOpenProxy proxy = new HalfOpenProxy(vertx, agent.port());
    Await.result(call(proxy.address()));
    proxy.forgetConnections();

    StreamHouseException failure = (StreamHouseException) Await.failure(call(proxy.address()));
    assertThat(failure.code()).isEqualTo(ErrorCode.TIMEOUT);
    await().until(() -> Await.result(call(proxy.address()).map(v -> true).otherwise(false)));
  }

  @Test
  void aSlowAgentThatAnswersPingsKeepsItsConnection() {
    Await.result(call(agent.address()));
    agent.answersLookups(false);
    Await.failure(call(agent.address()));
    Await.result(vertx.timer(2_500));
    agent.answersLookups(true);
    Await.result(call(agent.address()));

    assertThat(agent.connectionsEver()).isEqualTo(1);
  }
}
