package dev.credslots.oauth;

import dev.credslots.credential.Secret;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What is sent for a login (RFC 6749, 4.1.3, with the verifier of RFC 7636).
 *
 * @param state where the server wants it here too, as Anthropic's does [reverse]
 */
record CodeExchange(Secret code, Secret verifier, URI redirectUri, Optional<String> state) {

  byte[] body(Provider provider) {
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("grant_type", "authorization_code");
    parameters.put("code", code.reveal());
    parameters.put("redirect_uri", redirectUri.toString());
    parameters.put("client_id", provider.clientId());
    parameters.put("code_verifier", verifier.reveal());
    state.ifPresent(text -> parameters.put("state", text));
    return TokenParameters.body(provider.body(), parameters);
  }
}
