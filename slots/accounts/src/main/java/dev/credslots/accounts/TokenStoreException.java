package dev.credslots.accounts;

import org.jspecify.annotations.Nullable;

/** A store of tokens did not do what it was asked; a secret that it had before, it still has. */
public final class TokenStoreException extends Exception {
  private static final long serialVersionUID = 1L;

  /** What a caller can do about it. */
  public enum Kind {
    /** There is no such store here: its program or its service is missing. */
    ABSENT,
    /** It is there and locked: its owner must unlock it. */
    LOCKED,
    /** It would not keep this secret as it is: too long, or not one line. */
    REFUSED,
    /** Anything else. */
    FAILED
  }

  private final Kind kind;
  private final String remedy;

  /**
   * @param kind what a caller can do
   * @param message what is wrong and where, without secrets
   * @param remedy what to do, as a sentence; may be empty
   * @param cause whose message holds no secret either, if any
   */
  public TokenStoreException(Kind kind, String message, String remedy, @Nullable Throwable cause) {
    super(message, cause);
    this.kind = kind;
    this.remedy = remedy;
  }

  public Kind kind() {
    return kind;
  }

  /** What to do, or empty. */
  public String remedy() {
    return remedy;
  }
}
