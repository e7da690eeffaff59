package dev.credslots.accounts;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.credslots.credential.EpochTime;
import dev.credslots.credential.Secret;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * An access token that is good for months and cannot be renewed, as {@code claude setup-token}
 * prints one. Kept as {@code {"accessToken": …, "expiresAt": …}}, the latter in milliseconds since
 * 1970, beside whatever else was given. Immutable; printing it shows no token.
 *
 * @param accessToken not empty
 * @param expiresAt its end; empty if what is kept says none that can be used
 */
public record LongLivedToken(Secret accessToken, Optional<Instant> expiresAt) {
  /** How long a token is taken to be good of which nobody says: about a year. */
  public static final Duration USUAL_LIFE = Duration.ofDays(365);

  private static final String KEY_ENDING = "-token";
  private static final JsonFactory JSON = new JsonFactory();

  /** What can be said of it at some time. */
  public enum State {
    VALID,
    /** Its end is now, or was. */
    EXPIRED,
    /** Nobody knows its end. */
    ENDLESS
  }

  /**
   * The key under which an agent's token is kept: {@code claude-token}.
   *
   * @param agent a slot name's characters
   */
  public static String keyOf(String agent) {
    return agent + KEY_ENDING;
  }

  /** The agent whose token is kept under a key; empty if it is no token's. */
  public static Optional<String> agentOf(String key) {
    boolean token = key.endsWith(KEY_ENDING) && key.length() > KEY_ENDING.length();
    return token
        ? Optional.of(key.substring(0, key.length() - KEY_ENDING.length()))
        : Optional.empty();
  }

  /**
   * Understands what a store gave.
   *
   * @return empty if it is not JSON with an access token
   */
  public static Optional<LongLivedToken> stored(Secret value) {
    try (JsonParser parser = JSON.createParser(value.reveal())) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return Optional.empty();
      }
      String token = "";
      Optional<Instant> expiresAt = Optional.empty();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        JsonToken kind = parser.nextToken();
        if (name.equals("accessToken")) {
          token = kind == JsonToken.VALUE_STRING ? parser.getText() : "";
        } else if (name.equals("expiresAt")) {
          expiresAt = kind.isNumeric() ? EpochTime.of(parser.getText()) : Optional.empty();
        }
        parser.skipChildren();
      }
      return token.isEmpty() || parser.nextToken() != null
          ? Optional.empty()
          : Optional.of(new LongLivedToken(Secret.of(token), expiresAt));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  public State state(Instant now) {
    if (expiresAt.isEmpty()) {
      return State.ENDLESS;
    }
    return expiresAt.get().isAfter(now) ? State.VALID : State.EXPIRED;
  }
}
