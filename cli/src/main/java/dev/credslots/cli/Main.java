package dev.credslots.cli;

/** Where the launcher enters. */
public final class Main {
  private Main() {}

  /**
   * Runs a command and ends the JVM with its exit code.
   *
   * @param args the words after {@code slots}
   */
  public static void main(String[] args) {
    int exit = new Cli(Surroundings.ofThisProcess()).run(args);
    if (exit != 0) {
      // Not System.exit: since 21 the JDK asks its loggers first, for which it opens every jar
      // (35 ms). Everything is written, and no hook of ours has anything to do.
      Runtime.getRuntime().halt(exit);
    }
  }
}
