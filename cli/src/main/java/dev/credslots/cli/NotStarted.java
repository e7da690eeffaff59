package dev.credslots.cli;

import dev.credslots.Warning;
import dev.credslots.internal.posix.Exec;
import java.util.List;

/** Why this is still our own program, and not the one that was to take its place. */
record NotStarted(ExitCode exit, String complaint, List<Warning> warnings) implements Reply {

  /**
   * @param program its first word
   */
  static NotStarted because(String program, Exec.Refusal refusal) {
    return new NotStarted(
        switch (refusal.kind()) {
          case NOT_FOUND -> ExitCode.NOT_FOUND;
          case NOT_EXECUTABLE -> ExitCode.NOT_EXECUTABLE;
          case UNSUPPORTED, FAILED -> ExitCode.FAILED;
        },
        Plain.quoted(program) + " cannot be started: " + refusal.reason(),
        List.of());
  }

  @Override
  public void text(Page page) {
    // All of it is for standard error.
  }

  @Override
  public void json(Json json) {
    json.text("outcome", "not-started").text("message", complaint).warnings(warnings);
  }
}
