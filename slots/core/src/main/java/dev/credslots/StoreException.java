package dev.credslots;

import org.jspecify.annotations.Nullable;

/**
 * The credentials directory cannot be worked with. What is true afterwards: the live path is as it
 * was or as the operation was to leave it, never between; every credential is still on disk; an
 * operation that had begun is finished or undone by the next one that takes the lock.
 */
public final class StoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Whether the directory was refused or an operation on it failed. */
  public enum Kind {
    /** Nothing was tried: the directory is missing, somebody else's, or not what it must be. */
    REFUSED,
    /** The operating system refused a read or write. */
    FAILED
  }

  private final Kind kind;
  private final String remedy;

  /**
   * @param kind whether anything was tried
   * @param message what is wrong and where, without secrets
   * @param remedy what to do
   * @param cause the operating system's word, if any
   */
  public StoreException(Kind kind, String message, String remedy, @Nullable Throwable cause) {
    super(message, cause);
    this.kind = kind;
    this.remedy = remedy;
  }

  public Kind kind() {
    return kind;
  }

  /** What to do, as a sentence. */
  public String remedy() {
    return remedy;
  }
}
