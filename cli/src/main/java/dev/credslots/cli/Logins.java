package dev.credslots.cli;

import dev.credslots.oauth.Authorization;
import dev.credslots.oauth.LoginFlow;
import java.net.URI;
import java.net.URISyntaxException;

/** Logging in, composed: whom to log in to, and where. */
final class Logins {
  private Logins() {}

  /**
   * @throws Failure if the configuration or a variable makes no sense
   */
  static LoginFlow flow(Session session) {
    Surroundings surroundings = session.surroundings();
    Config config = session.setup().config();
    String provider = session.setup().provider();
    if (!provider.equals("claude")) {
      throw Failure.usage(
          "auth login knows claude alone, not " + Plain.quoted(provider),
          "log in with the client, then: slots add NAME --provider " + provider);
    }
    return new LoginFlow(
        Renewals.provider(surroundings, config, provider),
        authorization(config),
        surroundings.clock(),
        message -> session.output().err("slots: " + Plain.text(message) + "\n"));
  }

  private static Authorization authorization(Config config) {
    Config.Endpoint endpoint = config.providers.get("claude");
    Authorization result = Authorization.CLAUDE;
    if (endpoint == null) {
      return result;
    }
    try {
      if (endpoint.authorizeUrl != null) {
        result = result.withUrl(url("authorizeUrl", endpoint.authorizeUrl));
      }
      if (endpoint.redirectUri != null) {
        result = result.withRedirectUri(url("redirectUri", endpoint.redirectUri));
      }
      return endpoint.profileUrl == null
          ? result
          : result.withProfileUrl(url("profileUrl", endpoint.profileUrl));
    } catch (IllegalArgumentException e) {
      String message = String.valueOf(e.getMessage()).replaceFirst("[.]$", "");
      throw Failure.usage(message, "mend the configuration");
    }
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
