package dev.credslots;

import dev.credslots.verdict.Evidence;
import dev.credslots.verdict.Verdict;
import java.util.List;
import java.util.Optional;

/** What became of a heal. Every case has a sentence; nothing here holds a secret. */
public sealed interface HealOutcome {

  /** Whether something was mended. */
  default boolean ok() {
    return false;
  }

  /** What the live path was found to be. */
  Verdict verdict();

  /** One sentence for people; for a refusal or deferral also what to do next. */
  String message();

  /** What spoke for which slot. */
  default List<Evidence> evidence() {
    return List.of();
  }

  /** What a person should know besides. */
  default List<Warning> warnings() {
    return List.of();
  }

  /**
   * The live file was brought home and the link is back.
   *
   * @param slot the slot it belongs to
   * @param active the slot that is live now
   */
  record Healed(
      Verdict verdict,
      String slot,
      String active,
      String message,
      List<Evidence> evidence,
      List<Warning> warnings)
      implements HealOutcome {
    public Healed {
      evidence = List.copyOf(evidence);
      warnings = List.copyOf(warnings);
    }

    @Override
    public boolean ok() {
      return true;
    }
  }

  /**
   * The live path needed no bytes to be stored, only its link back.
   *
   * @param slot the slot whose bytes were live; empty when a useless file was put aside
   * @param active the slot that is live now
   */
  record Relinked(
      Verdict verdict,
      Optional<String> slot,
      String active,
      String message,
      List<Evidence> evidence,
      List<Warning> warnings)
      implements HealOutcome {
    public Relinked {
      evidence = List.copyOf(evidence);
      warnings = List.copyOf(warnings);
    }

    @Override
    public boolean ok() {
      return true;
    }
  }

  /**
   * There is nothing to heal. {@link #ok()} is false, as in the Python original.
   *
   * @param active the slot that is live
   */
  record NoDrift(Verdict verdict, Optional<String> active, String message, List<Warning> warnings)
      implements HealOutcome {
    public NoDrift {
      warnings = List.copyOf(warnings);
    }
  }

  /**
   * Nobody can say whose the live file is: a copy is in the stash and the live file is as it was.
   *
   * @param sha256 of the copy, by which the stash keeps it
   */
  record Stashed(
      Verdict verdict,
      String sha256,
      String message,
      List<Evidence> evidence,
      List<Warning> warnings)
      implements HealOutcome {
    public Stashed {
      warnings = List.copyOf(warnings);
      evidence = List.copyOf(evidence);
    }
  }

  /**
   * A person has to decide, or the live path cannot be healed. Nothing was changed.
   *
   * @param attention whether it is a changed identity to look at rather than a refusal
   */
  record Refused(
      Verdict verdict,
      boolean attention,
      String message,
      List<Evidence> evidence,
      List<Warning> warnings)
      implements HealOutcome {
    public Refused {
      warnings = List.copyOf(warnings);
      evidence = List.copyOf(evidence);
    }
  }

  /**
   * Somebody is busy; nothing was changed; try again later.
   *
   * @param holds who; empty when it was the lock
   */
  record Deferred(Verdict verdict, List<Hold> holds, String message, List<Warning> warnings)
      implements HealOutcome {
    public Deferred {
      warnings = List.copyOf(warnings);
      holds = List.copyOf(holds);
    }
  }
}
