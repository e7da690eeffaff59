package dev.credslots.cli;

/** Where the launcher enters. */
public final class Main {
  private Main() {}

  /**
   * Starts the command.
   *
   * @param args the words after {@code slots}
   */
  public static void main(String[] args) {
    System.out.println("slots");
  }
}
