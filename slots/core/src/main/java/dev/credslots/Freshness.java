package dev.credslots;

import dev.credslots.credential.SlotState;
import java.time.Instant;
import java.util.Optional;

/**
 * Whether a slot's stored credential may be used, from its file alone.
 *
 * @param slot the slot's name
 * @param state what the file and the clock say
 * @param expiresAt end of the access token, if the file has a usable one
 * @param loginExpiresAt end of the login, if the file has it
 * @param reason a sentence for people: how long ago or how long left, and the instant
 */
public record Freshness(
    String slot,
    SlotState state,
    Optional<Instant> expiresAt,
    Optional<Instant> loginExpiresAt,
    String reason) {

  /** True only when the access token ends later than now plus the grace. */
  public boolean fresh() {
    return state == SlotState.FRESH;
  }
}
