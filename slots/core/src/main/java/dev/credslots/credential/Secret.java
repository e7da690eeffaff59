package dev.credslots.credential;

import java.util.Objects;

/**
 * A token. It prints as {@code ****} wherever it is formatted, logged or wrapped in an exception;
 * only {@link #reveal()} gives the text. Immutable and thread-safe.
 */
public final class Secret {
  private final String text;

  private Secret(String text) {
    this.text = text;
  }

  /** Wraps {@code text}, which may be empty (a client leaves empty tokens behind), never null. */
  public static Secret of(String text) {
    return new Secret(Objects.requireNonNull(text, "text"));
  }

  /** The token itself. Never pass it to a log, an exception or a command line. */
  public String reveal() {
    return text;
  }

  public boolean isEmpty() {
    return text.isEmpty();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Secret that && text.equals(that.text);
  }

  /** Constant, so that no hash table dump says anything about the token. */
  @Override
  public int hashCode() {
    return Secret.class.hashCode();
  }

  @Override
  public String toString() {
    return "****";
  }
}
