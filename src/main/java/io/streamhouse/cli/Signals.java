package io.streamhouse.cli;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import sun.misc.Signal;

/**
 * SIGINT and SIGTERM. The JVM's own shutdown hooks do not serve here: while they run a second signal waits for them,
 * and the exit code is not ours to choose.
 */
final class Signals {
  private static final int SIGNAL_EXIT_BASE = 128;

  private Signals() {}

  /**
   * Calls an action, once, on a thread of its own, with "INT" or "TERM". Another signal after that ends the process at
   * once; an embedded database notices and ends by itself.
   */
  static void onFirst(Consumer<String> action) {
    AtomicBoolean seen = new AtomicBoolean();
    for (String name : new String[] {"INT", "TERM"}) {
      Signal.handle(new Signal(name), signal -> {
        if (seen.compareAndSet(false, true)) {
          action.accept(signal.getName());
        } else {
          Runtime.getRuntime().halt(SIGNAL_EXIT_BASE + signal.getNumber());
        }
      });
    }
  }
}
