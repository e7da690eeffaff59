package dev.credslots;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What became of renewing a slot's login. Nothing here holds a secret. */
public sealed interface RefreshOutcome {

  /** Whether the slot's access token may be used now. */
  default boolean ok() {
    return false;
  }

  /** The slot that was to be renewed. */
  String slot();

  /** One sentence for people; where it did not work, also what to do next. */
  String message();

  /** What a person should know besides. */
  default List<Warning> warnings() {
    return List.of();
  }

  /**
   * The slot has a new token, and it is durable.
   *
   * @param expiresAt its end
   */
  record Refreshed(String slot, Instant expiresAt, String message, List<Warning> warnings)
      implements RefreshOutcome {
    public Refreshed {
      warnings = List.copyOf(warnings);
    }

    @Override
    public boolean ok() {
      return true;
    }
  }

  /** Nothing was to be done: the token is good for long enough, or somebody else has renewed it. */
  record Unchanged(String slot, String message, List<Warning> warnings) implements RefreshOutcome {
    public Unchanged {
      warnings = List.copyOf(warnings);
    }

    @Override
    public boolean ok() {
      return true;
    }
  }

  /** It may not be renewed, or its server will not: somebody must log in, heal or decide. */
  record Refused(String slot, String message, List<Warning> warnings) implements RefreshOutcome {
    public Refused {
      warnings = List.copyOf(warnings);
    }
  }

  /**
   * Somebody else is at it, or the server asked to be left alone; the login is as it was.
   *
   * @param until when to try again, if the server said
   */
  record Deferred(String slot, Optional<Instant> until, String message, List<Warning> warnings)
      implements RefreshOutcome {
    public Deferred {
      warnings = List.copyOf(warnings);
    }
  }

  /** It did not work, and the login is as it was: not reached, or an answer that is none. */
  record Failed(String slot, String message, List<Warning> warnings) implements RefreshOutcome {
    public Failed {
      warnings = List.copyOf(warnings);
    }
  }

  /**
   * The request may have arrived and no answer came: the login may be used up, and asking once more
   * without need could end it for good. Nothing in the slot was changed.
   */
  record Unknown(String slot, String message, List<Warning> warnings) implements RefreshOutcome {
    public Unknown {
      warnings = List.copyOf(warnings);
    }
  }
}
