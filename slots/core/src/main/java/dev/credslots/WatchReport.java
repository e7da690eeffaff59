package dev.credslots;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What a {@link SlotWatcher} has to say. Nothing here holds a secret. */
public sealed interface WatchReport {

  /** When, by the manager's clock. */
  Instant at();

  /** One sentence for people. */
  String message();

  /** The slot it is about, if it is about one. */
  default Optional<String> slot() {
    return Optional.empty();
  }

  /** What a person should know besides. */
  default List<Warning> warnings() {
    return List.of();
  }

  /**
   * It watches. The first report, unless there is nothing to watch yet.
   *
   * @param slot the slot that is live
   */
  record Started(Instant at, Path directory, Optional<String> slot, String message)
      implements WatchReport {}

  /** There is no credentials directory, or nothing in it that can be watched: it waits for it. */
  record Gone(Instant at, String message) implements WatchReport {}

  /** The directory is there again, or another is in its place. */
  record Returned(Instant at, Optional<String> slot, String message) implements WatchReport {}

  /**
   * The live path was mended, or the rotated token of the active slot taken on record.
   *
   * @param outcome {@code Healed}, {@code Relinked} or, with a rotated token, {@code NoDrift}
   */
  record Mended(Instant at, HealOutcome outcome) implements WatchReport {
    @Override
    public String message() {
      return outcome.message();
    }

    @Override
    public Optional<String> slot() {
      if (outcome instanceof HealOutcome.Healed healed) {
        return Optional.of(healed.slot());
      }
      if (outcome instanceof HealOutcome.Relinked relinked) {
        return relinked.slot();
      }
      return outcome instanceof HealOutcome.NoDrift same ? same.active() : Optional.empty();
    }

    @Override
    public List<Warning> warnings() {
      return outcome.warnings();
    }
  }

  /**
   * The live path is not what it should be and stays so, for now: by policy, because somebody is
   * busy, or because a person has to decide. Said once for each content.
   *
   * @param sha256 of what is read at the live path, 64 hex digits; empty if nothing is
   * @param outcome what became of a heal or, by the policy {@code REPORT}, what would
   */
  record Drifted(Instant at, Optional<String> sha256, HealOutcome outcome) implements WatchReport {
    @Override
    public String message() {
      return outcome.message();
    }

    @Override
    public List<Warning> warnings() {
      return outcome.warnings();
    }
  }

  /** The active slot has a login that nothing proves to be its own. Said once for each token. */
  record IdentityChanged(Instant at, Optional<String> slot, HealOutcome outcome)
      implements WatchReport {
    @Override
    public String message() {
      return outcome.message();
    }
  }

  /** A login ends soon; see {@link SlotEvent.Expiring}. */
  record Expiring(Instant at, Optional<String> slot, Instant loginEndsAt, int days, String message)
      implements WatchReport {}

  /** Something could not be done; it is tried again, less and less often. Said once. */
  record Failed(Instant at, String message, String remedy) implements WatchReport {}
}
