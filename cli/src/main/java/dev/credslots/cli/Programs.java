package dev.credslots.cli;

import dev.credslots.internal.posix.Exec;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Starts other programs; of a test, none. */
interface Programs {

  /** Lets {@code program} take this process's place; returns only if that failed. */
  Exec.Refusal become(Exec.Program program);

  /**
   * Runs a program to its end, on this process's terminal.
   *
   * @return its exit code
   * @throws IOException if it cannot be started
   */
  int run(List<String> words, Map<String, String> set, Set<String> unset) throws IOException;

  /** The operating system's. */
  final class OfThisSystem implements Programs {

    @Override
    public Exec.Refusal become(Exec.Program program) {
      Exec.Refusal refusal = Exec.replace(program);
      if (refusal.kind() != Exec.Kind.UNSUPPORTED) {
        return refusal;
      }
      try {
        Runtime.getRuntime().halt(run(program.words(), program.set(), program.unset()));
        throw new IllegalStateException("halted");
      } catch (IOException e) {
        // The JDK says it in words alone, error=2 for ENOENT.
        boolean missing = String.valueOf(e.getMessage()).contains("error=2,");
        return new Exec.Refusal(
            missing ? Exec.Kind.NOT_FOUND : Exec.Kind.NOT_EXECUTABLE,
            missing ? "No such file or directory" : "it cannot be started");
      }
    }

    @Override
    public int run(List<String> words, Map<String, String> set, Set<String> unset)
        throws IOException {
      ProcessBuilder builder = new ProcessBuilder(words).inheritIO();
      builder.environment().keySet().removeAll(unset);
      builder.environment().putAll(set);
      Process process = builder.start();
      // Ctrl-C is for the program, which may go on: whoever waits for us must not get the terminal
      // before it has ended.
      Thread keepingTheTerminal = new Thread(() -> await(process));
      Runtime.getRuntime().addShutdownHook(keepingTheTerminal);
      int exit = await(process);
      try {
        Runtime.getRuntime().removeShutdownHook(keepingTheTerminal);
      } catch (IllegalStateException e) {
        // The signal came, and this process is about to end.
      }
      return exit;
    }

    private static int await(Process process) {
      while (true) {
        try {
          return process.waitFor();
        } catch (InterruptedException e) {
          // Nobody interrupts us, and there is nothing else to be done.
        }
      }
    }
  }
}
