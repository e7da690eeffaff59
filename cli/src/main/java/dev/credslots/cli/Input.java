package dev.credslots.cli;

import dev.credslots.credential.Secret;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Standard input, of which secrets come: all of a pipe, or a hidden line of a terminal. */
final class Input {
  private static final int MOST_BYTES = 64 << 10;

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
    return surroundings.keyboard().present();
  }

  /** Whether {@link #hidden} found the end of the input. */
  boolean ended() {
    return surroundings.keyboard().ended();
  }

  /**
   * A line from the terminal.
   *
   * @throws Failure if it would be shown
   */
  Secret hidden(String prompt, String instead) {
    return surroundings
        .keyboard()
        .secret(prompt)
        .orElseThrow(
            () ->
                Failure.refused(
                    "no-terminal",
                    "it cannot be asked for without showing it: standard output is no terminal",
                    instead));
  }
}
