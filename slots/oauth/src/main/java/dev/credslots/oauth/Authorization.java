package dev.credslots.oauth;

import java.net.URI;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Where a person logs in, beside the {@link Provider} that gives and renews the tokens. All of it
 * is data that a configuration may override; nothing of it is secret. Immutable and thread-safe.
 *
 * @param url the page where the person agrees
 * @param redirectUri where the browser is sent with the code, as the provider has it on its list:
 *     {@code http} on this machine, where the code is waited for, or a page that shows it to be
 *     pasted
 * @param parameters more of the page's URL than RFC 6749 and 7636 say, in order
 * @param stateInExchange whether the state is sent with the code, too
 * @param profileUrl what names the account of an access token; empty if the provider has none
 */
public record Authorization(
    URI url,
    URI redirectUri,
    Map<String, String> parameters,
    boolean stateInExchange,
    Optional<URI> profileUrl) {

  /** Anthropic, as Claude Code logs in to it [reverse]. */
  public static final Authorization CLAUDE =
      new Authorization(
          URI.create("https://claude.ai/oauth/authorize"),
          URI.create("http://localhost:53692/callback"),
          Map.of("code", "true"),
          true,
          Optional.of(URI.create("https://api.anthropic.com/api/oauth/profile")));

  /** OpenAI, as Codex logs in to it [source]; the account is in the token. */
  public static final Authorization CODEX =
      new Authorization(
          URI.create("https://auth.openai.com/oauth/authorize"),
          URI.create("http://localhost:1455/auth/callback"),
          ordered(
              "id_token_add_organizations", "true",
              "codex_cli_simplified_flow", "true",
              "originator", "codex_cli_rs"),
          false,
          Optional.empty());

  /**
   * @throws IllegalArgumentException if a URL would show a code or a token to others; the message
   *     is a sentence for people
   */
  public Authorization {
    PrivateUrl.check("authorize URL", url);
    PrivateUrl.check("redirect URI", redirectUri);
    parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    profileUrl.ifPresent(profile -> PrivateUrl.check("profile URL", profile));
    Objects.requireNonNull(profileUrl, "profileUrl");
  }

  public Authorization withUrl(URI other) {
    return new Authorization(other, redirectUri, parameters, stateInExchange, profileUrl);
  }

  public Authorization withRedirectUri(URI other) {
    return new Authorization(url, other, parameters, stateInExchange, profileUrl);
  }

  public Authorization withProfileUrl(URI other) {
    return new Authorization(url, redirectUri, parameters, stateInExchange, Optional.of(other));
  }

  private static Map<String, String> ordered(String... namesAndValues) {
    Map<String, String> map = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      map.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return map;
  }
}
