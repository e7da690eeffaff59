package dev.credslots.hooks;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;

/** Runs one executable to its end, or ends it. */
final class HookProcess {
  static final int MOST_OUT = 64 * 1024;
  private static final int MOST_ERR = 8 * 1024;

  /** Between being asked to end and being killed. */
  private static final long LAST_WORDS_MILLIS = 1_000;

  /** For output to arrive that was written before the end. */
  private static final long OUTPUT_MILLIS = 500;

  private HookProcess() {}

  /**
   * What a run left.
   *
   * @param exitCode empty if it did not end by itself
   * @param problem why not
   */
  record Ended(
      OptionalInt exitCode, Optional<String> problem, Duration took, Printed out, Printed err) {}

  /**
   * Runs it in {@code /}, with these variables and no others. What is left running behind it when
   * it ends in time is left alone; when time is over, it and all that it started are ended.
   */
  static Ended run(Path executable, Map<String, String> environment, byte[] input, Duration limit) {
    long start = System.nanoTime();
    ProcessBuilder builder = new ProcessBuilder(executable.toString());
    builder.directory(Path.of("/").toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      return new Ended(
          OptionalInt.empty(),
          Optional.of(unstarted(e)),
          since(start),
          Printed.NOTHING,
          Printed.NOTHING);
    }
    Drain out = new Drain(process.getInputStream(), MOST_OUT);
    Drain err = new Drain(process.getErrorStream(), MOST_ERR);
    give(process.getOutputStream(), input);
    Optional<String> problem = await(process, limit);
    Duration took = since(start);
    OptionalInt exitCode =
        problem.isEmpty() ? OptionalInt.of(process.exitValue()) : OptionalInt.empty();
    arrive(out, err);
    return new Ended(exitCode, problem, took, out.printed(), err.printed());
  }

  /** The system's words, without the command line that the JDK puts before them. */
  private static String unstarted(IOException e) {
    Throwable words = e.getCause() == null ? e : e.getCause();
    return "cannot be started: " + String.valueOf(words.getMessage()).strip();
  }

  private static Duration since(long start) {
    return Duration.ofNanos(System.nanoTime() - start);
  }

  /** In a thread of its own: a pipe has room for a page, and the hook need not read. */
  private static void give(OutputStream stdin, byte[] input) {
    Thread giver =
        new Thread("input of a hook") {
          @Override
          public void run() {
            try (stdin) {
              stdin.write(input);
            } catch (IOException e) {
              // It does not want to know.
            }
          }
        };
    giver.setDaemon(true);
    giver.start();
  }

  /** Empty if it ended in time by itself. */
  private static Optional<String> await(Process process, Duration limit) {
    try {
      if (process.waitFor(limit.toNanos(), TimeUnit.NANOSECONDS)) {
        return Optional.empty();
      }
      end(process);
      return Optional.of("took longer than " + text(limit) + " and was ended");
    } catch (InterruptedException e) {
      kill(process, started(process));
      Thread.currentThread().interrupt();
      return Optional.of("was ended because its caller was interrupted");
    }
  }

  private static String text(Duration limit) {
    long millis = limit.toMillis();
    return millis % 1000 == 0 ? millis / 1000 + " s" : millis + " ms";
  }

  private static void end(Process process) throws InterruptedException {
    // Before the first of them dies: then its children are the system's and cannot be found.
    List<ProcessHandle> all = started(process);
    for (ProcessHandle one : all) {
      one.destroy();
    }
    process.waitFor(LAST_WORDS_MILLIS, TimeUnit.MILLISECONDS);
    // What the asking has started besides goes, too.
    all.addAll(started(process));
    kill(process, all);
    process.waitFor(LAST_WORDS_MILLIS, TimeUnit.MILLISECONDS);
  }

  private static List<ProcessHandle> started(Process process) {
    List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
    all.add(process.toHandle());
    return all;
  }

  private static void kill(Process process, List<ProcessHandle> all) {
    for (ProcessHandle one : all) {
      one.destroyForcibly();
    }
    process.destroyForcibly();
  }

  /** Until both streams end, or for a moment if a child left behind keeps them open. */
  private static void arrive(Drain out, Drain err) {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(OUTPUT_MILLIS);
    try {
      for (Drain drain : new Drain[] {out, err}) {
        long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        drain.join(Math.max(left, 1));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
