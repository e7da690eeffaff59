package dev.credslots.cli;

import dev.credslots.oauth.Authorization;
import dev.credslots.oauth.LoginFlow;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Logging in, composed: whom to log in to, and where. */
final class Logins {
  private Logins() {}

  /**
   * @throws Failure if nobody knows where one logs in to the provider, or the configuration or a
   *     variable makes no sense
   */
  static LoginFlow flow(Session session) {
    Surroundings surroundings = session.surroundings();
    Config config = session.setup().config();
    String provider = session.setup().provider();
    Authorization authorization = authorization(provider, config.providers.get(provider));
    return new LoginFlow(
        Renewals.provider(surroundings, config, provider),
        authorization,
        surroundings.clock(),
        message -> session.output().err("slots: " + Plain.text(message) + "\n"));
  }

  private static Authorization authorization(String provider, Config.@Nullable Endpoint endpoint) {
    try {
      return switch (provider) {
        case "claude" -> configured(Authorization.CLAUDE, endpoint);
        case OtherClient.CODEX -> configured(Authorization.CODEX, endpoint);
        default -> described(provider, endpoint);
      };
    } catch (IllegalArgumentException e) {
      String message = String.valueOf(e.getMessage()).replaceFirst("[.]$", "");
      throw Failure.usage(message, "mend the configuration");
    }
  }

  /** As RFC 6749 and 7636 have it, and nothing besides. */
  private static Authorization described(String provider, Config.@Nullable Endpoint endpoint) {
    if (endpoint == null || endpoint.authorizeUrl == null || endpoint.redirectUri == null) {
      throw Failure.usage(
          "nobody said where one logs in to " + Plain.quoted(provider),
          "give it an 'authorizeUrl' and a 'redirectUri' in the configuration, or log in with the"
              + " client, then: slots add NAME --provider "
              + provider);
    }
    Authorization plain =
        new Authorization(
            url("authorizeUrl", endpoint.authorizeUrl),
            url("redirectUri", endpoint.redirectUri),
            Map.of(),
            false,
            Optional.empty());
    return configured(plain, endpoint);
  }

  private static Authorization configured(Authorization known, Config.@Nullable Endpoint endpoint) {
    if (endpoint == null) {
      return known;
    }
    Authorization result = known;
    if (endpoint.authorizeUrl != null) {
      result = result.withUrl(url("authorizeUrl", endpoint.authorizeUrl));
    }
    if (endpoint.redirectUri != null) {
      result = result.withRedirectUri(url("redirectUri", endpoint.redirectUri));
    }
    return endpoint.profileUrl == null
        ? result
        : result.withProfileUrl(url("profileUrl", endpoint.profileUrl));
  }

  private static URI url(String key, String text) {
    try {
      return new URI(text);
    } catch (URISyntaxException e) {
      // Without the cause: its message quotes a text that may hold a password.
      throw new IllegalArgumentException("A provider's " + key + " is not a URL.");
    }
  }
}
