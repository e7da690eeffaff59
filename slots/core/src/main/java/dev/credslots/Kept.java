package dev.credslots;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Earlier bytes of a slot and bytes that belong to none, as they are kept.
 *
 * @param generations of the slot asked about, oldest first
 * @param stash everything in the stash, oldest first
 */
public record Kept(List<Generation> generations, List<Stashed> stash) {

  public Kept {
    generations = List.copyOf(generations);
    stash = List.copyOf(stash);
  }

  /**
   * One kept generation of a slot.
   *
   * @param number by which {@link SlotManager#restore} takes it
   * @param keptAt when
   * @param sha256 of its bytes, 64 hex digits
   * @param current whether the slot has these bytes now
   * @param freshness what its file and the clock say
   */
  public record Generation(
      long number, Instant keptAt, String sha256, boolean current, Freshness freshness) {}

  /**
   * One entry of the stash.
   *
   * @param sha256 of its bytes, by which it is claimed and dropped
   * @param keptAt when
   * @param bytes how many
   * @param suspects the slots that it may be a newer login of
   * @param freshness what its file and the clock say
   */
  public record Stashed(
      String sha256,
      Instant keptAt,
      long bytes,
      List<String> suspects,
      Optional<Freshness> freshness) {}
}
