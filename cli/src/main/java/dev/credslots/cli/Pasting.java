package dev.credslots.cli;

import java.io.ByteArrayOutputStream;
import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Lines that a person pastes: hidden on a terminal, one after the other from a pipe. */
final class Pasting {
  private static final Path STANDARD_INPUT = Path.of("/proc/self/fd/0");
  private static final int LONGEST = 64 << 10;

  private final InputStream in;
  private final Output output;

  Pasting(InputStream in, Output output) {
    this.in = in;
    this.output = output;
  }

  /**
   * The next line.
   *
   * @param prompt for a terminal
   * @return empty if there is none
   * @throws TimeoutException if none came in time; nothing more can be read then
   * @throws Failure if it would be shown while it is typed
   */
  Optional<String> line(String prompt, Duration patience) throws TimeoutException {
    boolean terminal = isTerminal();
    Console console = terminal ? hiding() : null;
    FutureTask<Optional<String>> reading =
        new FutureTask<>(() -> console == null ? fromPipe() : fromPerson(console, prompt));
    Thread reader = new Thread(reading, "slots-paste");
    reader.setDaemon(true);
    reader.start();
    try {
      return reading.get(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      if (terminal) {
        showAgain();
      }
      throw e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    } catch (ExecutionException e) {
      throw Failure.failed(
          "failed", "standard input cannot be read", "run it in a terminal", e.getCause());
    }
  }

  private static Console hiding() {
    Console console = console();
    if (console == null) {
      throw Failure.refused(
          "no-terminal",
          "it cannot be pasted without being shown: standard output is no terminal",
          "run it in a terminal, or pipe in what the browser shows");
    }
    return console;
  }

  private Optional<String> fromPerson(Console console, String prompt) {
    // On standard error, so that standard output has the answer alone.
    output.err(prompt);
    char[] typed = console.readPassword();
    return typed == null ? Optional.empty() : Optional.of(new String(typed));
  }

  private Optional<String> fromPipe() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int next = in.read();
    if (next < 0) {
      return Optional.empty();
    }
    while (next >= 0 && next != '\n' && line.size() < LONGEST) {
      line.write(next);
      next = in.read();
    }
    return Optional.of(line.toString(StandardCharsets.UTF_8));
  }

  static boolean isTerminal() {
    try {
      String source = Files.readSymbolicLink(STANDARD_INPUT).toString();
      return source.startsWith("/dev/pts/") || source.startsWith("/dev/tty");
    } catch (IOException | UnsupportedOperationException e) {
      return console() != null; // Not Linux.
    }
  }

  /** The console if it hides what is typed: if both ends are a terminal. */
  @SuppressWarnings("SystemConsoleNull") // It is null before JDK 22 if there is no terminal.
  private static @Nullable Console console() {
    Console console = System.console();
    if (console == null) {
      return null;
    }
    try {
      // Since JDK 22 there always is one, and a method to ask it.
      return Boolean.TRUE.equals(Console.class.getMethod("isTerminal").invoke(console))
          ? console
          : null;
    } catch (NoSuchMethodException e) {
      return console;
    } catch (ReflectiveOperationException e) {
      return null;
    }
  }

  /** Whoever reads on still hides what is typed, and this process ends without its leave. */
  private static void showAgain() {
    try {
      new ProcessBuilder("stty", "echo").inheritIO().start().waitFor();
    } catch (IOException e) {
      // Then the person has to say so: "stty echo", unseen.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
