package dev.credslots;

import java.util.List;

/**
 * Thrown by a listener that can say itself what went wrong: its warnings become the operation's, in
 * the place of one that merely says that a listener failed. Holds no secret.
 */
public final class ListenerException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient List<Warning> warnings;

  /**
   * @param warnings at least one
   */
  public ListenerException(List<Warning> warnings) {
    super(warnings.get(0).message());
    this.warnings = List.copyOf(warnings);
  }

  /** What a person should know. */
  public List<Warning> warnings() {
    return warnings;
  }
}
