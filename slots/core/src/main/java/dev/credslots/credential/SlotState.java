package dev.credslots.credential;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/** What can be said of a slot's credential offline, from its file and the clock alone. */
public enum SlotState {
  /** The access token ends later than now plus the grace, or never. */
  FRESH,
  /** The access token ends within the grace. */
  EXPIRING,
  /** The access token is over or says no usable end; a refresh token can renew it. */
  REFRESHABLE,
  /** No refresh token, or the login itself is over: log in again. */
  EXPIRED,
  /** A server refused this very generation. */
  REJECTED,
  /** A newer token that may be this slot's went to the stash. */
  SUSPECT,
  /** Tokens empty or {@code expiresAt} 0, as a client leaves them after a failed refresh. */
  WIPED,
  /** Not JSON, not an object, no login in it, over 1 MiB, not readable, not a regular file. */
  UNREADABLE,
  /** No file. */
  MISSING;

  /**
   * What a credential is at {@code now}.
   *
   * @param grace how long before its end an access token counts as ending
   */
  public static SlotState of(Credential credential, Instant now, Duration grace) {
    if (credential.wiped()) {
      return WIPED;
    }
    if (credential.endless()) {
      return FRESH;
    }
    if (credential.expiresAt().isPresent()) {
      Instant end = credential.expiresAt().get();
      // Not now.plus(grace): a grace of "for ever" is beyond every instant.
      if (Duration.between(now, end).compareTo(grace) > 0) {
        return FRESH;
      }
      if (end.isAfter(now)) {
        return EXPIRING;
      }
    }
    boolean loginOver = credential.loginExpiresAt().map(end -> !end.isAfter(now)).orElse(false);
    return credential.usableRefreshToken().isPresent() && !loginOver ? REFRESHABLE : EXPIRED;
  }

  /** Whether nothing speaks against it: the live link may lead here. */
  public boolean sound() {
    return this == FRESH || this == EXPIRING || this == REFRESHABLE;
  }

  /** The word in JSON and tables, for example {@code fresh}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
