package dev.credslots.keychain;

import dev.credslots.credential.Secret;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeoutException;

/** Runs a program to its end: the one way this module touches another process. Thread-safe. */
public interface ProgramRunner {

  /**
   * What a program left. Its streams may hold secrets.
   *
   * @param exit its exit code
   */
  record Ended(int exit, Secret out, Secret err) {}

  /**
   * Runs it, waiting no longer than some seconds.
   *
   * @param command an absolute path and arguments; every process of the machine can read them
   * @param input for its standard input: at most 8 KiB, which a pipe takes at once
   * @throws TimeoutException if it did not end in time; it is killed then. The message goes on
   *     after the program's name: {@code gave no answer within 3 s}
   * @throws IOException if it cannot be started, or this thread was interrupted (its interrupt
   *     status is set then, and the program killed)
   */
  Ended run(List<String> command, byte[] input) throws IOException, TimeoutException;
}
