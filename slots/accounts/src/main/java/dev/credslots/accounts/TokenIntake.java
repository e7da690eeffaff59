package dev.credslots.accounts;

import dev.credslots.credential.Secret;
import java.time.Duration;
import java.time.Instant;

/** What became of a token that somebody gave to be stored. */
public sealed interface TokenIntake {

  /**
   * It is one.
   *
   * @param token what was understood
   * @param value what is to be kept: one line of ASCII
   */
  record Accepted(LongLivedToken token, Secret value) implements TokenIntake {}

  /**
   * It is none, and not to be stored.
   *
   * @param reason a sentence without a part of what was given
   * @param remedy what to give instead
   */
  record Refused(String reason, String remedy) implements TokenIntake {}

  /**
   * Takes a token, or JSON with one. A bare token is good for {@link LongLivedToken#USUAL_LIFE},
   * and so is JSON without an {@code expiresAt}; JSON is kept with all that it says, its end in
   * milliseconds.
   *
   * @param agent whose token it is to be; of {@code claude} it is known how tokens begin
   * @param given blanks around it don't count
   * @param now from when an end is counted that nobody gave
   */
  static TokenIntake of(String agent, String given, Instant now) {
    return of(agent, given, now, LongLivedToken.USUAL_LIFE);
  }

  /**
   * As the other, for a token of which somebody knows how long it is good.
   *
   * @param life longer than nothing
   */
  static TokenIntake of(String agent, String given, Instant now, Duration life) {
    return new TokenReader(agent, now.plus(life)).read(given.strip());
  }
}
