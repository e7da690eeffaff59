package dev.credslots;

import java.time.Instant;
import java.util.Optional;

/**
 * Something that happened to the slots. Events carry names, hashes and sentences, never a secret.
 */
public sealed interface SlotEvent {

  /** When, by the manager's clock. */
  Instant at();

  /** The live link was turned from {@code from} (empty if it was no slot) to {@code to}. */
  record Switched(Instant at, Optional<String> from, String to, String reason)
      implements SlotEvent {}

  /** The live file's bytes became {@code slot}'s, and the link is back, on {@code active}. */
  record Healed(Instant at, String slot, String active) implements SlotEvent {}

  /** The live file was {@code slot}'s own; the link is back, on {@code active}. */
  record Relinked(Instant at, String slot, String active) implements SlotEvent {}

  /** Bytes that belong to no slot were put aside under {@code sha256}. */
  record Stashed(Instant at, String sha256, String reason) implements SlotEvent {}

  /** A slot came into being. */
  record Added(Instant at, String slot) implements SlotEvent {}

  /** A slot was removed; its last bytes are in the stash. */
  record Removed(Instant at, String slot) implements SlotEvent {}

  /** A slot has another name. */
  record Renamed(Instant at, String from, String to) implements SlotEvent {}

  /** A slot's current refresh token was accepted as its own. */
  record Captured(Instant at, String slot) implements SlotEvent {}

  /** A slot's login was renewed at its provider. */
  record Refreshed(Instant at, String slot) implements SlotEvent {}

  /** An operation that was killed half way was finished or undone. */
  record Recovered(Instant at, String message) implements SlotEvent {}

  /** The live path was found to be no link to a slot; {@code sha256} of the file there, if any. */
  record Drifted(Instant at, Optional<String> sha256, String reason) implements SlotEvent {}

  /** The live slot was found to hold another login than the one on record, or one nobody knows. */
  record IdentityChanged(Instant at, String slot, String reason) implements SlotEvent {}

  /**
   * A slot's login ends soon and no renewal moves that: a person has to log in again.
   *
   * @param days how many whole days are left
   */
  record Expiring(Instant at, String slot, Instant loginEndsAt, int days) implements SlotEvent {}
}
