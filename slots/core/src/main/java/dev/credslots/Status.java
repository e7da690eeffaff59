package dev.credslots;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The directory at one moment, read without a lock.
 *
 * @param active the slot the live link points to
 * @param live the live path
 * @param slots every slot in the manager's order
 * @param holds who is busy now
 * @param warnings what a person should know
 */
public record Status(
    Optional<String> active,
    Live live,
    List<Slot> slots,
    List<Hold> holds,
    List<Warning> warnings) {

  public Status {
    slots = List.copyOf(slots);
    holds = List.copyOf(holds);
    warnings = List.copyOf(warnings);
  }

  /** What is at the live path. */
  public enum LiveState {
    /** A link to a slot. */
    LINKED,
    /** A regular file: a client wrote it. */
    DETACHED,
    /** A link to nothing. */
    BROKEN,
    /** Nothing. */
    ABSENT,
    /** A link elsewhere, a directory or another thing that is no credential file. */
    FOREIGN;

    /** The word in JSON, for example {@code linked}. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * The live path.
   *
   * @param state what is there
   * @param matches the slot whose bytes it has
   * @param sha256 of its bytes, 64 hex digits; empty if there is nothing to read
   */
  public record Live(LiveState state, Optional<String> matches, Optional<String> sha256) {}

  /**
   * One slot.
   *
   * @param name the slot's name
   * @param active whether the live link points to it
   * @param freshness what its file and the clock say
   * @param identity its refresh token against the captured one
   * @param account who it is logged in as, if known
   */
  public record Slot(
      String name,
      boolean active,
      Freshness freshness,
      IdentityDrift identity,
      Optional<String> account) {}
}
