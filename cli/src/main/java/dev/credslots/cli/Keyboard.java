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

  /** Whether standard input is somebody's keyboard, so that what is typed has to be hidden. */
  boolean present();

  /**
   * Asks for something that is not shown while it is typed.
   *
   * @return what was typed, nothing at the end of the input; empty if nobody is there, or it would
   *     be shown
   */
  Optional<Secret> secret(String prompt);

  /** Whether {@link #secret} found the end of the input: nobody answers if it asks again. */
  default boolean ended() {
    return false;
  }

  /**
   * Asks for yes or no.
   *
   * @return empty if nobody is there
   */
  Optional<Boolean> yes(String question);

  /** The terminal that this process was started on. */
  final class OfThisProcess implements Keyboard {
    private static final OutputStream ERR = new FileOutputStream(FileDescriptor.err);

    /** Not on macOS and Windows, where the console has to say what is a terminal. */
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    private boolean ended;

    @Override
    public boolean present() {
      return Files.exists(DESCRIPTORS) ? Output.isTerminal(0) : console() != null;
    }

    @Override
    public Optional<Secret> secret(String prompt) {
      Console console = hiding();
      if (console == null) {
        return Optional.empty();
      }
      // It prompts when nothing is shown any more: what is pasted at once isn't either.
      char[] typed = console.readPassword("%s", Plain.text(prompt));
      ended = typed == null;
      if (typed == null) {
        return Optional.of(Secret.of(""));
      }
      Secret secret = Secret.of(new String(typed).strip());
      Arrays.fill(typed, ' ');
      return Optional.of(secret);
    }

    @Override
    public boolean ended() {
      return ended;
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
    private static @Nullable Console hiding() {
      boolean shown = Files.exists(DESCRIPTORS) && !(Output.isTerminal(0) && Output.isTerminal(1));
      return shown ? null : console();
    }

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
  }
}
