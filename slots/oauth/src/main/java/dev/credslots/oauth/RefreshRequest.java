package dev.credslots.oauth;

import dev.credslots.credential.Secret;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The body of a refresh (RFC 6749, 6), in the style its provider wants. */
final class RefreshRequest {
  private RefreshRequest() {}

  /** Whether the token can be written at all: half a surrogate pair has no UTF-8. */
  static boolean canCarry(Secret refreshToken) {
    return StandardCharsets.UTF_8.newEncoder().canEncode(refreshToken.reveal());
  }

  /**
   * @param scopes what to ask for; empty means the provider's own
   */
  static byte[] body(Provider provider, Secret refreshToken, List<String> scopes) {
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("grant_type", "refresh_token");
    parameters.put("refresh_token", refreshToken.reveal());
    parameters.put("client_id", provider.clientId());
    List<String> wanted = scopes.isEmpty() ? provider.scopes() : scopes;
    if (!wanted.isEmpty()) {
      parameters.put("scope", String.join(" ", wanted));
    }
    return TokenParameters.body(provider.body(), parameters);
  }
}
