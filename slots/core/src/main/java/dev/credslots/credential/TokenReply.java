package dev.credslots.credential;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a token endpoint answered to a refresh or a login (RFC 6749, section 5.1). Pure: a reply
 * that was saved and read again by another process says the same.
 */
public sealed interface TokenReply {

  /** How long an access token lives when the server does not say: Claude's 8 h. */
  Duration USUAL_LIFETIME = Duration.ofHours(8);

  /** The longest-lived tokens there are, of {@code claude setup-token}, live a year. */
  Duration LONGEST_LIFETIME = Duration.ofDays(400);

  /**
   * A new token.
   *
   * @param refreshToken empty if the old one stays
   * @param lifetime of the access token, from the moment of the reply
   * @param scopes empty if they stay
   * @param idToken of OpenID Connect; empty if there was none
   * @param loginLifetime of the login itself, where the server says ({@code
   *     refresh_token_expires_in}); means something in the answer to a login only
   */
  record Granted(
      Secret accessToken,
      Optional<Secret> refreshToken,
      Duration lifetime,
      List<String> scopes,
      Optional<Secret> idToken,
      Optional<Duration> loginLifetime)
      implements TokenReply {
    public Granted {
      scopes = List.copyOf(scopes);
    }
  }

  /**
   * There are tokens in it, so the old ones may be over, but it makes no sense: nothing to be taken
   * without a person's word, and nothing to be thrown away.
   *
   * @param reason as the rest of a sentence
   */
  record Doubtful(String reason, Optional<Secret> accessToken, Optional<Secret> refreshToken)
      implements TokenReply {}

  /**
   * No token in it.
   *
   * @param reason as the rest of a sentence, without a byte of the reply
   */
  record Nothing(String reason) implements TokenReply {}

  /** Understands the body of a reply with a 2xx status; never throws for what the bytes hold. */
  static TokenReply parse(byte[] body) {
    Fields fields = new Fields();
    try (JsonParser json = new JsonFactory().createParser(body)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        return new Nothing("is not a JSON object");
      }
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        json.nextToken();
        switch (name) {
          case "access_token" -> fields.access = text(json);
          case "refresh_token" -> fields.refresh = text(json);
          case "id_token" -> fields.id = text(json);
          case "expires_in" -> fields.lifetime(json);
          case "refresh_token_expires_in" -> fields.loginLifetime = Fields.duration(json);
          case "scope" -> fields.scope = text(json);
          default -> {}
        }
        json.skipChildren();
      }
    } catch (IOException e) {
      return fields.cutShort();
    }
    return fields.reply();
  }

  private static @Nullable String text(JsonParser json) throws IOException {
    String text = json.currentToken() == JsonToken.VALUE_STRING ? json.getText() : null;
    return text == null || text.isBlank() ? null : text;
  }

  /** A reply while it is read. */
  final class Fields {
    private @Nullable String access;
    private @Nullable String refresh;
    private @Nullable String id;
    private @Nullable String scope;
    private @Nullable Duration lifetime = USUAL_LIFETIME;
    private @Nullable Duration loginLifetime;

    private Fields() {}

    private void lifetime(JsonParser json) throws IOException {
      lifetime = json.currentToken() == JsonToken.VALUE_NULL ? USUAL_LIFETIME : duration(json);
    }

    private static @Nullable Duration duration(JsonParser json) throws IOException {
      return seconds(json.currentToken().isScalarValue() ? json.getText() : "");
    }

    /** A number, or one in quotes, as some servers send it; null if it makes no sense. */
    private static @Nullable Duration seconds(String text) {
      try {
        BigDecimal seconds = new BigDecimal(text.strip());
        boolean sensible =
            seconds.compareTo(BigDecimal.ONE) >= 0
                && seconds.compareTo(BigDecimal.valueOf(LONGEST_LIFETIME.toSeconds())) <= 0;
        return sensible ? Duration.ofSeconds(seconds.longValue()) : null;
      } catch (NumberFormatException e) {
        return null;
      }
    }

    /** A reply whose end is missing may have brought the tokens all the same. */
    private TokenReply cutShort() {
      return access == null && refresh == null
          ? new Nothing("is not JSON")
          : new Doubtful(
              "is not JSON to its end",
              Optional.ofNullable(access).map(Secret::of),
              Optional.ofNullable(refresh).map(Secret::of));
    }

    private TokenReply reply() {
      Optional<Secret> newAccess = Optional.ofNullable(access).map(Secret::of);
      Optional<Secret> newRefresh = Optional.ofNullable(refresh).map(Secret::of);
      if (newAccess.isEmpty()) {
        String reason = "has no access_token";
        return newRefresh.isEmpty()
            ? new Nothing(reason)
            : new Doubtful(reason, newAccess, newRefresh);
      }
      if (lifetime == null) {
        return new Doubtful("has an expires_in that makes no sense", newAccess, newRefresh);
      }
      return new Granted(
          newAccess.get(),
          newRefresh,
          lifetime,
          scope == null ? List.of() : List.of(scope.strip().split(" +")),
          Optional.ofNullable(id).map(Secret::of),
          Optional.ofNullable(loginLifetime));
    }
  }
}
