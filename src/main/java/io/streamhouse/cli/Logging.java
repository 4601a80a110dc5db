package io.streamhouse.cli;

/** How much commands log. To be set before the first logger is made; see logback.xml. */
final class Logging {
  private static final String LEVEL = "streamhouse.log.level";

  private Logging() {}

  /** Commands that run an agent tell what it does; the others keep quiet unless something is wrong. */
  static void levelForAgents() {
    if (System.getProperty(LEVEL) == null) {
      System.setProperty(LEVEL, "INFO");
    }
  }
}
