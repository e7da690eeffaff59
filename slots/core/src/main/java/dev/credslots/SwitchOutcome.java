package dev.credslots;

import dev.credslots.credential.SlotState;
import java.util.List;
import java.util.Optional;

/** What became of a switch. Every case has a sentence; nothing here holds a secret. */
public sealed interface SwitchOutcome {

  /** Whether the asked-for slot is live now. */
  default boolean ok() {
    return false;
  }

  /** One sentence for people; for a refusal or deferral also what to do next. */
  String message();

  /** What a person should know besides. */
  default List<Warning> warnings() {
    return List.of();
  }

  /**
   * The live link points to {@code to}.
   *
   * @param from the slot that was live; empty if the live path was no slot
   * @param to the slot that is live now
   * @param reason the caller's
   */
  record Switched(
      Optional<String> from, String to, String reason, String message, List<Warning> warnings)
      implements SwitchOutcome {
    public Switched {
      warnings = List.copyOf(warnings);
    }

    @Override
    public boolean ok() {
      return true;
    }
  }

  /**
   * Nothing was to be done: the slot was live already, or another one than {@link
   * SwitchOption#ifActive} names was.
   *
   * @param active the slot that is live
   * @param ok whether that is the asked-for one
   */
  record Unchanged(
      Optional<String> active, String to, boolean ok, String message, List<Warning> warnings)
      implements SwitchOutcome {
    public Unchanged {
      warnings = List.copyOf(warnings);
    }
  }

  /**
   * The slot may not be activated. The live path is what it was; what a client had put there may
   * have been brought home or put aside on the way, which the warnings say.
   *
   * @param state of the slot; empty when no slot has that name or the live path is in the way
   */
  record Refused(String to, Optional<SlotState> state, String message, List<Warning> warnings)
      implements SwitchOutcome {
    public Refused {
      warnings = List.copyOf(warnings);
    }
  }

  /**
   * Somebody is busy or objects: a hold, a gate, or another process that changes the slots. The
   * live path is what it was; try again later.
   *
   * @param holds who; empty when it was the lock
   */
  record Deferred(String to, List<Hold> holds, String message, List<Warning> warnings)
      implements SwitchOutcome {
    public Deferred {
      warnings = List.copyOf(warnings);
      holds = List.copyOf(holds);
    }
  }
}
