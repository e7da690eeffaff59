package dev.credslots;

import java.util.Locale;
import java.util.Optional;

/** What a switch does with a slot whose access token is over or ending but can be renewed. */
public enum ExpiryPolicy {
  /** Do not switch. The library's default. */
  REFUSE,
  /** Renew first, then switch; needs the oauth module, without it the switch is refused. */
  REFRESH,
  /** Switch and trust the client to renew on first use. */
  ACTIVATE;

  /** The word on the command line, for example {@code activate}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The policy of that word, or empty if there is none. */
  public static Optional<ExpiryPolicy> of(String word) {
    for (ExpiryPolicy policy : values()) {
      if (policy.word().equals(word)) {
        return Optional.of(policy);
      }
    }
    return Optional.empty();
  }
}
