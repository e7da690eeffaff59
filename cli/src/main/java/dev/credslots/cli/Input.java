package dev.credslots.cli;

import dev.credslots.credential.Secret;
import java.io.BufferedInputStream;
import java.io.Console;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Standard input, of which secrets come: all of a pipe, or a hidden line of a terminal. */
final class Input {
  private static final int MOST_BYTES = 64 << 10;

  /** Not on macOS and Windows, where the console has to say what is a terminal. */
  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

  private final Surroundings surroundings;

  Input(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  /**
   * A secret, from whoever is there.
   *
   * @param prompt for a terminal
   * @param instead what to do where nobody can be asked
   * @throws Failure if there is a terminal that would show it, or it cannot be read
   */
  Secret secret(String prompt, String instead) {
    if (hides()) {
      return hidden(prompt, instead);
    }
    try {
      // Not the file stream's own: JDK 17's asks a pipe for its position.
      byte[] bytes = new BufferedInputStream(surroundings.in()).readNBytes(MOST_BYTES + 1);
      if (bytes.length > MOST_BYTES) {
        throw Failure.refused("too-long", "standard input is longer than any secret", instead);
      }
      return Secret.of(new String(bytes, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw Failure.failed("failed", "standard input cannot be read", instead, e);
    }
  }

  /** Whether it comes from a terminal, and so has to be hidden. */
  boolean hides() {
    return surroundings.terminal() == Surroundings.Terminal.ASK && isTerminal();
  }

  /**
   * A line from the terminal.
   *
   * @throws Failure if it would be shown
   */
  Secret hidden(String prompt, String instead) {
    Console console = consoleOfTerminal();
    if (console == null || (Files.exists(DESCRIPTORS) && !Output.isTerminal(1))) {
      throw Failure.refused(
          "no-terminal",
          "it cannot be asked for without showing it: standard output is no terminal",
          instead);
    }
    // It prompts when nothing is shown any more: what is pasted at once isn't either.
    char[] line = console.readPassword("%s", prompt);
    return Secret.of(line == null ? "" : new String(line));
  }

  private static boolean isTerminal() {
    return Files.exists(DESCRIPTORS) ? Output.isTerminal(0) : consoleOfTerminal() != null;
  }

  /** The console if it hides what is typed: if both ends are a terminal. */
  @SuppressWarnings("SystemConsoleNull") // It is null before JDK 22 if there is no terminal.
  private static @Nullable Console consoleOfTerminal() {
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
}
