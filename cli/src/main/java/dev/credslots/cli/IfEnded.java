package dev.credslots.cli;

/** What is done if a signal ends this process before it is closed. */
final class IfEnded implements AutoCloseable {
  private final Thread hook;

  /**
   * @param action the process waits for it
   */
  IfEnded(Runnable action) {
    hook = new Thread(action, "slots-end");
    Runtime.getRuntime().addShutdownHook(hook);
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // It is running.
    }
  }
}
