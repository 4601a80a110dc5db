package io.streamhouse.agent;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamhouse.StreamHouseException;
import io.streamhouse.testing.TestStack;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

class RpcServerTest {
  @Test
  void aPortThatIsTakenIsNamed() throws IOException {
    try (TestStack stack = new TestStack();
        ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      AgentOptions options = stack.agentOptions().setPort(taken.getLocalPort());
      assertThatThrownBy(() -> stack.startAgent(options))
          .isInstanceOf(StreamHouseException.class)
          .hasMessageContainingAll(
              "cannot listen on port " + taken.getLocalPort() + " of 127.0.0.1", "in use");
    }
  }
}
