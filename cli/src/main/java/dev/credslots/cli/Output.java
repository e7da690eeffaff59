package dev.credslots.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Writes to the two streams: each text whole, in one piece, in UTF-8. */
final class Output {
  private final Surroundings surroundings;
  private @Nullable IOException failed;

  Output(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  /** Writes to standard output; {@link #trouble} says whether it arrived. */
  boolean out(byte[] bytes) {
    if (failed == null && bytes.length > 0) {
      try {
        OutputStream out = surroundings.out();
        out.write(bytes);
        out.flush();
      } catch (IOException e) {
        failed = e;
      }
    }
    return failed == null;
  }

  boolean out(String text) {
    return out(text.getBytes(StandardCharsets.UTF_8));
  }

  void err(String text) {
    if (text.isEmpty()) {
      return;
    }
    try {
      OutputStream err = surroundings.err();
      err.write(text.getBytes(StandardCharsets.UTF_8));
      err.flush();
    } catch (IOException e) {
      // There is nobody left to tell.
      failed = failed == null ? e : failed;
    }
  }

  /** Says something on standard error that cannot wait until the command ends. */
  void note(String sentence) {
    err("slots: " + Plain.text(sentence) + "\n");
  }

  /** Why standard output could not be written; empty if it could, or if its reader had enough. */
  String trouble() {
    String message = failed == null ? "" : String.valueOf(failed.getMessage());
    return message.contains("Broken pipe") ? "" : message;
  }

  /** Whether text may have colours. */
  boolean colour(boolean forbidden) {
    String term = surroundings.variable("TERM");
    if (forbidden
        || !surroundings.variable("NO_COLOR").isEmpty()
        || term.isEmpty()
        || term.equals("dumb")) {
      return false;
    }
    return terminal();
  }

  /** Whether standard output is a terminal. */
  boolean terminal() {
    return surroundings.terminal() == Surroundings.Terminal.YES
        || (surroundings.terminal() == Surroundings.Terminal.ASK && isTerminal(1));
  }

  /** Since JDK 22 a console is there also when output goes to a file, so look where it goes. */
  static boolean isTerminal(int descriptor) {
    try {
      String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor)).toString();
      return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }
}
