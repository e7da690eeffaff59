package dev.credslots.keychain;

import dev.credslots.accounts.TokenStoreException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;

/** A program that a store works through, and what goes wrong with any such. */
final class Tool {
  static final byte[] NO_INPUT = {};

  /** The account of every secret of ours, shared with programs that keep tokens the same way. */
  static final String ACCOUNT = "agent-loop";

  /** Characters that no program or shell reads anything into. */
  private static final Pattern KEY = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");

  private final Path program;
  private final ProgramRunner runner;

  Tool(Path program, ProgramRunner runner) {
    this.program = program;
    this.runner = runner;
  }

  ProgramRunner.Ended run(byte[] input, String... arguments) throws TokenStoreException {
    List<String> command = new ArrayList<>();
    command.add(program.toString());
    command.addAll(List.of(arguments));
    try {
      return runner.run(command, input);
    } catch (TimeoutException e) {
      throw failed(
          program + " " + e.getMessage(),
          "it may be waiting for somebody to unlock something; try again, or use --store file");
    } catch (IOException e) {
      // Names the program; its arguments hold no secret.
      throw new TokenStoreException(
          TokenStoreException.Kind.FAILED, program + " could not be run", "", e);
    }
  }

  /** As for any exit code that says nothing of what to do. */
  TokenStoreException ended(String doing, int exit) {
    return failed(doing + " failed: " + program + " ended with " + exit, "");
  }

  static TokenStoreException failed(String message, String remedy) {
    return new TokenStoreException(TokenStoreException.Kind.FAILED, message, remedy, null);
  }

  static TokenStoreException absent(String message, String remedy) {
    return new TokenStoreException(TokenStoreException.Kind.ABSENT, message, remedy, null);
  }

  static TokenStoreException locked(String message, String remedy) {
    return new TokenStoreException(TokenStoreException.Kind.LOCKED, message, remedy, null);
  }

  static TokenStoreException refused(String message, String remedy) {
    return new TokenStoreException(TokenStoreException.Kind.REFUSED, message, remedy, null);
  }

  /**
   * @throws IllegalArgumentException if {@code key} is no name
   */
  static void requireKey(String key) {
    if (!KEY.matcher(key).matches()) {
      throw new IllegalArgumentException("not a name for a secret");
    }
  }
}
