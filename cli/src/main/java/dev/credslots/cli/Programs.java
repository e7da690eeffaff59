package dev.credslots.cli;

import dev.credslots.internal.posix.Exec;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;

/** Starts other programs; of a test, none. */
interface Programs {

  /** Lets {@code program} take this process's place; returns only if that failed. */
  Exec.Refusal become(Exec.Program program);

  /**
   * Runs {@code program} as a child, where it cannot take this process's place, and ends this
   * process with its exit code; returns only if it could not be started. A signal that ends this
   * process is passed on as SIGTERM, but where there is a terminal, whose Ctrl-C the program has
   * had itself.
   */
  Exec.Refusal standInFor(Exec.Program program);

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
      return refusal.kind() == Exec.Kind.UNSUPPORTED ? standInFor(program) : refusal;
    }

    @Override
    public Exec.Refusal standInFor(Exec.Program program) {
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
      CompletableFuture<Process> begun = new CompletableFuture<>();
      // Before it begins: a signal between the two would leave it alone.
      Thread ending = new Thread(() -> end(begun), "end of the program");
      Runtime.getRuntime().addShutdownHook(ending);
      try {
        begun.complete(builder.start());
        return await(begun.join());
      } finally {
        begun.cancel(false); // Nothing, if it has begun.
        forget(ending);
      }
    }

    private static void forget(Thread hook) {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        // The signal came, and this process is about to end.
      }
    }

    /**
     * Ctrl-C is for the program, which may go on: whoever waits for us must not get the terminal
     * before it has ended. Without one the signal was for us, who stand in for it.
     */
    private static void end(CompletableFuture<Process> begun) {
      try {
        Process process = begun.join();
        if (!Output.isTerminal(0)) {
          process.destroy();
        }
        await(process);
      } catch (CancellationException e) {
        // There is none.
      }
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
