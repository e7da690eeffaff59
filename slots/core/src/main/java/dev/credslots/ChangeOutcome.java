package dev.credslots;

import dev.credslots.credential.SlotState;
import java.util.List;
import java.util.Optional;

/** What became of adding, removing, renaming or capturing a slot. */
public sealed interface ChangeOutcome {

  /** Whether it was done. */
  default boolean ok() {
    return false;
  }

  /** The slot as it is called now. */
  String slot();

  /** One sentence for people; for a refusal or deferral also what to do next. */
  String message();

  /** What a person should know besides. */
  default List<Warning> warnings() {
    return List.of();
  }

  /** It was done and is durable. */
  record Done(String slot, String message, List<Warning> warnings) implements ChangeOutcome {
    public Done {
      warnings = List.copyOf(warnings);
    }

    @Override
    public boolean ok() {
      return true;
    }
  }

  /**
   * It may not be done. Nothing was changed.
   *
   * @param state of the slot, where that is the reason
   */
  record Refused(String slot, Optional<SlotState> state, String message, List<Warning> warnings)
      implements ChangeOutcome {
    public Refused {
      warnings = List.copyOf(warnings);
    }
  }

  /** Somebody is busy; nothing was changed; try again later. */
  record Deferred(String slot, List<Hold> holds, String message, List<Warning> warnings)
      implements ChangeOutcome {
    public Deferred {
      warnings = List.copyOf(warnings);
      holds = List.copyOf(holds);
    }
  }
}
