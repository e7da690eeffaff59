package dev.credslots.verdict;

import java.util.Locale;

/** How a slot's current refresh token stands to the one captured for it. */
public enum IdentityState {
  /** The captured one. */
  MATCH,
  /** Another one, proven to be of the same login. */
  ROTATED,
  /** Another one, proven to be of another slot. */
  CHANGED,
  /** Nothing captured yet. */
  NO_BASELINE,
  /** Another one, or none where one was captured, without any proof. */
  UNVERIFIED;

  /** The word in JSON, for example {@code no-baseline}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
