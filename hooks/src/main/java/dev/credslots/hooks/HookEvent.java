package dev.credslots.hooks;

import java.util.Optional;

/** When executables are run; each has a directory of its own. */
public enum HookEvent {
  /** Before a switch or heal: who is busy? */
  LOCK_GUARD("lock-guard"),
  /** Before a switch that would turn the link: may it? */
  PRE_SWITCH("pre-switch"),
  /** The live link was turned by a switch. */
  ON_SWITCH("on-switch"),
  /** A file that a client wrote was brought home or put aside. */
  ON_HEAL("on-heal"),
  /** The live path was found to be no link to a slot. */
  ON_DRIFT("on-drift"),
  /** The live slot was found to hold another login. */
  ON_IDENTITY("on-identity"),
  /** A login ends soon. */
  ON_EXPIRING("on-expiring");

  private final String word;

  HookEvent(String word) {
    this.word = word;
  }

  /** As on the command line: {@code on-switch}. */
  public String word() {
    return word;
  }

  /** The directory's name: {@code on-switch.d}. */
  public String directory() {
    return word + ".d";
  }

  /** Whether an answer is waited for: where none can be had, somebody counts as busy. */
  public boolean asks() {
    return this == LOCK_GUARD || this == PRE_SWITCH;
  }

  /** The event of that word. */
  public static Optional<HookEvent> of(String word) {
    for (HookEvent event : values()) {
      if (event.word.equals(word)) {
        return Optional.of(event);
      }
    }
    return Optional.empty();
  }
}
