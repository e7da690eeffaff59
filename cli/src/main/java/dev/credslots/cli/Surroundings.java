package dev.credslots.cli;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the command sees of the world, read once and handed in, so that tests and the demo run in
 * worlds of their own.
 *
 * @param environment the variables
 * @param workingDirectory what relative paths on the command line start from
 * @param fallbackHome the home directory where {@code HOME} is not set
 * @param out unbuffered; a write that fails throws
 * @param err unbuffered
 * @param terminal whether {@code in} and {@code out} are terminals
 * @param clock the time
 * @param in standard input
 * @param machine the operating system; null for the one this runs on
 * @param programs starts other programs
 * @param keyboard asks whoever is at the terminal
 */
record Surroundings(
    Map<String, String> environment,
    Path workingDirectory,
    String fallbackHome,
    OutputStream out,
    OutputStream err,
    Terminal terminal,
    Clock clock,
    InputStream in,
    @Nullable Machine machine,
    Programs programs,
    Keyboard keyboard) {

  /** Of a command that reads nothing and starts no program, on this machine. */
  Surroundings(
      Map<String, String> environment,
      Path workingDirectory,
      String fallbackHome,
      OutputStream out,
      OutputStream err,
      Terminal terminal,
      Clock clock) {
    this(
        environment,
        workingDirectory,
        fallbackHome,
        out,
        err,
        terminal,
        clock,
        InputStream.nullInputStream(),
        null,
        new Nobody(),
        new Nobody());
  }

  /** Whether the standard streams are terminals. Asking the system is left to who needs to know. */
  enum Terminal {
    YES,
    NO,
    ASK
  }

  static Surroundings ofThisProcess() {
    return new Surroundings(
        System.getenv(),
        Path.of(""),
        System.getProperty("user.home", ""),
        // Not System.out, which hides that nobody reads any more.
        new FileOutputStream(FileDescriptor.out),
        new FileOutputStream(FileDescriptor.err),
        Terminal.ASK,
        Clock.tickMillis(ZoneOffset.UTC),
        new FileInputStream(FileDescriptor.in),
        null,
        new Programs.OfThisSystem(),
        new Keyboard.OfThisProcess());
  }

  /** The variable's value; empty if it is not set. */
  String variable(String name) {
    return environment.getOrDefault(name, "");
  }

  /** The user's home directory; empty if nobody knows. */
  String home() {
    String home = variable("HOME");
    return home.isEmpty() ? fallbackHome : home;
  }
}
