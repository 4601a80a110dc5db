package io.streamhouse.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamhouse.ErrorCode;
import io.streamhouse.StreamHouseException;
import io.streamhouse.storage.s3.S3Options;
import io.streamhouse.testing.TestPostgres;
import io.streamhouse.testing.TestStack;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class AgentVerticleTest {
  private static TestStack stack;

  @BeforeAll
  static void start() {
    stack = new TestStack();
  }

  @AfterAll
  static void stop() {
    stack.close();
  }

  @Test
  void aBucketThatDoesNotExistKeepsTheAgentFromStarting() {
    S3Options missing = new S3Options(stack.bucket()).setBucket("no-such-bucket");
    AgentOptions options = stack.agentOptions().setStorage(new StorageOptions().setS3(missing));
    assertThatThrownBy(() -> stack.startAgent(options))
        .isInstanceOfSatisfying(StreamHouseException.class, e -> assertThat(e.code())
            .isEqualTo(ErrorCode.INVALID_CONFIGURATION))
        .hasMessageContaining("no-such-bucket");
  }

  @Test
  void anObjectStoreThatCannotBeReachedDoesNot() {
    S3Options silent = new S3Options(stack.bucket())
        .setEndpoint("http://127.0.0.1:1")
        .setCallTimeoutMs(2_000)
        .setAttemptTimeoutMs(1_000);
    TestStack.RunningAgent agent =
        stack.startAgent(stack.agentOptions().setStorage(new StorageOptions().setS3(silent)));
    assertThat(agent.port()).isPositive();
    stack.stopAgent(agent);
  }

  @Test
  void itIsDeployedByNameAndRefusesOptionsItDoesNotKnow() {
    JsonObject config = new JsonObject()
        .put("host", "127.0.0.1")
        .put("port", 0)
        .put("metadata", TestPostgres.json(stack.postgres()))
        .put("storage", new JsonObject().put("s3", stack.bucket().toJson(false)));
    String name = AgentVerticle.class.getName();
    String id = TestStack.await(
        stack.vertx().deployVerticle(name, new DeploymentOptions().setConfig(config)));
    TestStack.await(stack.vertx().undeploy(id));

    DeploymentOptions typo =
        new DeploymentOptions().setConfig(config.copy().put("flushIntervallMs", 5));
    assertThatThrownBy(() -> TestStack.await(stack.vertx().deployVerticle(name, typo)))
        .hasMessageContaining("unknown option flushIntervallMs, did you mean flushIntervalMs?");
  }
}
