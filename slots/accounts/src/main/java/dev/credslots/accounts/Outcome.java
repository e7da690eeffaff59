package dev.credslots.accounts;

import java.util.Locale;
import java.util.Optional;

/** How a call made with a slot's login ended, as its caller reports it. */
public enum Outcome {
  /** It worked. */
  OK,
  /** The quota is used up for a while (HTTP 429). */
  RATE_LIMIT,
  /** Nobody paid (HTTP 402). */
  BILLING,
  /** The server refused the login (HTTP 401, 403). */
  AUTH,
  /** No answer in time, or a server in trouble (HTTP 408, 5xx). */
  TIMEOUT;

  /** The word on the command line, for example {@code rate_limit}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The outcome of that word, or empty if there is none. */
  public static Optional<Outcome> of(String word) {
    for (Outcome outcome : values()) {
      if (outcome.word().equals(word)) {
        return Optional.of(outcome);
      }
    }
    return Optional.empty();
  }
}
