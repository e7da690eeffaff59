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
  List<Warning> warnings();

  /** The same with other warnings. */
  RefreshOutcome warned(List<Warning> warnings);

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
    public Refreshed warned(List<Warning> others) {
      return new Refreshed(slot, expiresAt, message, others);
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
    public Unchanged warned(List<Warning> others) {
      return new Unchanged(slot, message, others);
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

    @Override
    public Refused warned(List<Warning> others) {
      return new Refused(slot, message, others);
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

    @Override
    public Deferred warned(List<Warning> others) {
      return new Deferred(slot, until, message, others);
    }
  }

  /** It did not work, and the login is as it was: not reached, or an answer that is none. */
  record Failed(String slot, String message, List<Warning> warnings) implements RefreshOutcome {
    public Failed {
      warnings = List.copyOf(warnings);
    }

    @Override
    public Failed warned(List<Warning> others) {
      return new Failed(slot, message, others);
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

    @Override
    public Unknown warned(List<Warning> others) {
      return new Unknown(slot, message, others);
    }
  }
}
