package dev.credslots.cli;

/** The exit codes, the same for every command. */
enum ExitCode {
  DONE(0, "done, or nothing to do"),
  FAILED(1, "failed: the operating system, or a fault of the program"),
  USAGE(2, "wrong usage, or a fault in the configuration"),
  REFUSED(3, "refused: it would not be right or safe"),
  DEFERRED(4, "deferred: somebody is busy; try again later"),
  ATTENTION(5, "attention: there is something a person must look at"),
  /** As shells have it. */
  NOT_EXECUTABLE(126, "the program to run is there and cannot be run"),
  /** As shells have it. */
  NOT_FOUND(127, "there is no such program to run");

  private final int number;
  private final String meaning;

  ExitCode(int number, String meaning) {
    this.number = number;
    this.meaning = meaning;
  }

  int number() {
    return number;
  }

  String meaning() {
    return meaning;
  }
}
