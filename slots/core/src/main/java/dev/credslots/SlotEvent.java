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

  /**
   * The live path is not what it should be, and a watcher did not mend it.
   *
   * @param sha256 of what is read at the live path, 64 hex digits; empty if nothing is
   */
  record Drifted(Instant at, Optional<String> sha256, String reason) implements SlotEvent {}

  /** The active {@code slot} has a login that nothing proves to be its own. */
  record IdentityChanged(Instant at, String slot, String reason) implements SlotEvent {}

  /**
   * The login in {@code slot} ends within so many days; then somebody has to log in again.
   *
   * @param days 7, 3 or 1, whichever is the least that is left
   */
  record Expiring(Instant at, String slot, Instant loginEndsAt, int days) implements SlotEvent {}
}
