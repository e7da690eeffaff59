package dev.credslots.oauth;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The code in a refusal, and nothing else of it: descriptions may quote what was sent.
 *
 * <p>Read are {@code {"error": CODE}} (RFC 6749, 5.2), {@code {"error": {"type": CODE}}} as
 * Anthropic answers, and {@code {"error": {"code": CODE}}} or {@code {"code": CODE}} as OpenAI does
 * [source].
 *
 * @param code small letters and underscores, at most 40
 */
record OAuthError(String code) {
  private static final JsonFactory JSON = new JsonFactory();
  private static final Pattern CODE = Pattern.compile("[a-z_]{1,40}");

  /** OpenAI's own words are those its client gives up at [source]. */
  private static final Set<String> GRANT_IS_OVER =
      Set.of(
          "invalid_grant",
          "refresh_token_expired",
          "refresh_token_reused",
          "refresh_token_invalidated");

  OAuthError {
    if (!CODE.matcher(code).matches()) {
      throw new IllegalArgumentException("not an error code");
    }
  }

  /**
   * The code of a refusal's body; empty if it is not JSON or holds none. Of several, the one that
   * ends the login counts.
   */
  static Optional<OAuthError> of(byte[] body) {
    List<OAuthError> found = new ArrayList<>();
    try (JsonParser parser = JSON.createParser(body)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return Optional.empty();
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        parser.nextToken();
        if (name.equals("error") && parser.currentToken() == JsonToken.START_OBJECT) {
          readNested(parser, found);
        } else if (name.equals("error") || name.equals("code")) {
          readCode(parser, found);
        } else {
          parser.skipChildren();
        }
      }
    } catch (IOException e) {
      return Optional.empty();
    }
    return found.stream()
        .filter(OAuthError::invalidGrant)
        .findFirst()
        .or(() -> found.stream().findFirst());
  }

  /** Whether the server says that this refresh token is not, or no longer, good for anything. */
  boolean invalidGrant() {
    return GRANT_IS_OVER.contains(code);
  }

  private static void readNested(JsonParser parser, List<OAuthError> found) throws IOException {
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      parser.nextToken();
      if (name.equals("type") || name.equals("code")) {
        readCode(parser, found);
      } else {
        parser.skipChildren();
      }
    }
  }

  private static void readCode(JsonParser parser, List<OAuthError> found) throws IOException {
    if (parser.currentToken() != JsonToken.VALUE_STRING) {
      parser.skipChildren();
    } else if (CODE.matcher(parser.getText()).matches()) {
      found.add(new OAuthError(parser.getText()));
    }
  }
}
