package dev.credslots.cli;

import dev.credslots.credential.Secret;
import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Asks the person at the terminal; of a test, nobody. */
interface Keyboard {

  /**
   * Asks for something that is not shown while it is typed.
   *
   * @return empty if nobody is there, or the input ends
   */
  Optional<Secret> secret(String prompt);

  /**
   * Asks for yes or no.
   *
   * @return empty if nobody is there
   */
  Optional<Boolean> yes(String question);

  /** The terminal that this process was started on. */
  final class OfThisProcess implements Keyboard {
    private static final OutputStream ERR = new FileOutputStream(FileDescriptor.err);

    @Override
    public Optional<Secret> secret(String prompt) {
      Console console = hiding();
      if (console == null) {
        return Optional.empty();
      }
      // It prompts when nothing is shown any more: what is pasted at once isn't either.
      char[] typed = console.readPassword("%s", Plain.text(prompt));
      if (typed == null) {
        return Optional.empty();
      }
      Secret secret = Secret.of(new String(typed).strip());
      Arrays.fill(typed, ' ');
      return Optional.of(secret);
    }

    @Override
    public Optional<Boolean> yes(String question) {
      Console console = hiding();
      if (console == null) {
        return Optional.empty();
      }
      say(question + " [y/N] ");
      String answer = String.valueOf(console.readLine()).strip().toLowerCase(Locale.ROOT);
      return Optional.of(answer.equals("y") || answer.equals("yes"));
    }

    private static void say(String text) {
      try {
        ERR.write(Plain.text(text).getBytes(StandardCharsets.UTF_8));
      } catch (IOException e) {
        // Who answers without having been asked has guessed.
      }
    }

    /** The console if it can hide what is typed, which takes a terminal at both ends. */
    @SuppressWarnings("SystemConsoleNull") // It is null before JDK 22 if there is no terminal.
    private static @Nullable Console hiding() {
      // Since JDK 22 there is one also when nobody is.
      boolean nobody =
          Files.exists(Path.of("/proc/self/fd"))
              ? !(Output.isTerminal(0) && Output.isTerminal(1))
              : Runtime.version().feature() >= 22;
      return nobody ? null : System.console();
    }
  }
}
