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
    System.exit(new Cli(Surroundings.ofThisProcess()).run(args));
  }
}
