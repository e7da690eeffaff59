package dev.credslots;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What became of a login that was to go into a slot. Nothing here holds a secret. */
public sealed interface LoginOutcome {

  /** Whether the slot has the new login. */
  default boolean ok() {
    return false;
  }

  /** The slot that was to get it. */
  String slot();

  /** One sentence for people; where it did not work, also what to do next. */
  String message();

  /** What a person should know besides. */
  List<Warning> warnings();

  /** A login the server gave and the slot did not get: its SHA-256 in the stash. */
  default Optional<String> stashed() {
    return Optional.empty();
  }

  /**
   * The slot has the login, and it is durable. What the slot had before is kept as a generation.
   *
   * @param added whether the slot came into being
   * @param expiresAt the end of the access token
   * @param account whose login it is, to show to people; empty if nobody could say
   */
  record LoggedIn(
      String slot,
      boolean added,
      Instant expiresAt,
      Optional<String> account,
      String message,
      List<Warning> warnings)
      implements LoginOutcome {
    public LoggedIn {
      warnings = List.copyOf(warnings);
    }

    @Override
    public boolean ok() {
      return true;
    }
  }

  /**
   * The slot may not have it: it is somebody else's login, or the server would not give one. The
   * slot is as it was; a login that was given is in the stash.
   */
  record Refused(String slot, Optional<String> stashed, String message, List<Warning> warnings)
      implements LoginOutcome {
    public Refused {
      warnings = List.copyOf(warnings);
    }
  }

  /**
   * Somebody is busy, or nobody logged in in time. The slot is as it was; a login that was given is
   * in the stash, or will be after the next command that changes something.
   */
  record Deferred(String slot, Optional<String> stashed, String message, List<Warning> warnings)
      implements LoginOutcome {
    public Deferred {
      warnings = List.copyOf(warnings);
    }
  }

  /** It did not work; the slot is as it was, and no login was given. */
  record Failed(String slot, String message, List<Warning> warnings) implements LoginOutcome {
    public Failed {
      warnings = List.copyOf(warnings);
    }
  }
}
