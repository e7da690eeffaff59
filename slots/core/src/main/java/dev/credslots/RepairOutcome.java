package dev.credslots;

import java.util.List;

/** What became of mending what {@link SlotManager#diagnose} finds. */
public sealed interface RepairOutcome {

  /** Whether it was done. */
  default boolean ok() {
    return false;
  }

  /** What a person should know besides: what a killed command had left, for one. */
  List<Warning> warnings();

  /** Every fixable finding was mended; what is left, another diagnosis says. */
  record Done(List<Warning> warnings) implements RepairOutcome {
    public Done {
      warnings = List.copyOf(warnings);
    }

    @Override
    public boolean ok() {
      return true;
    }
  }

  /**
   * Somebody else had a lock until the timeout; nothing was mended but what a killed command had
   * left, which the warnings say.
   *
   * @param message one sentence that names the lock
   */
  record Deferred(String message, List<Warning> warnings) implements RepairOutcome {
    public Deferred {
      warnings = List.copyOf(warnings);
    }
  }
}
