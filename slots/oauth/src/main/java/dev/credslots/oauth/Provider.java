package dev.credslots.oauth;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Who renews a login, and how it wants to be asked. All of it is data that a configuration may
 * override; nothing of it is secret. Immutable and thread-safe.
 *
 * @param name the word for it in the configuration, for example {@code claude}
 * @param tokenUrl where refresh tokens are sent: https, or http on this machine
 * @param clientId the public id of the client the login was made with
 * @param body how the parameters are written
 * @param scopes asked for where the login does not say its own; may be empty, then none are sent
 * @param userAgent the header, in printable ASCII
 * @param accessPrefix how its access tokens begin; empty if they have no beginning of their own
 */
public record Provider(
    String name,
    URI tokenUrl,
    String clientId,
    BodyStyle body,
    List<String> scopes,
    String userAgent,
    String accessPrefix) {

  private static final String TOKEN_URL_VARIABLE = "CLAUDE_OAUTH_TOKEN_URL";
  private static final String CODEX_URL_VARIABLE = "CODEX_REFRESH_TOKEN_URL_OVERRIDE";
  private static final String CLIENT_ID_VARIABLE = "CLAUDE_OAUTH_CLIENT_ID";
  // Before the providers: their constructor needs it.
  private static final Pattern PRINTABLE = Pattern.compile("[ -~]+");

  /**
   * Anthropic, as Claude Code asks it. The constants are [reverse], and so may change. Whether the
   * body is JSON is disputed, and some User-Agents get a 429 [thread]: ours says who we are.
   */
  public static final Provider CLAUDE =
      new Provider(
          "claude",
          URI.create("https://platform.claude.com/v1/oauth/token"),
          "9d1c250a-e61b-44d9-88ed-5944d1962f5e",
          BodyStyle.JSON,
          List.of(
              "org:create_api_key",
              "user:profile",
              "user:inference",
              "user:sessions:claude_code",
              "user:mcp_servers",
              "user:file_upload"),
          ownUserAgent(),
          "sk-ant-oat01-");

  /** OpenAI, as Codex logs in to it [source]; its access tokens are JWTs. */
  public static final Provider CODEX =
      new Provider(
          "codex",
          URI.create("https://auth.openai.com/oauth/token"),
          "app_EMoamEEZ73f0CkXaXp7hrann",
          BodyStyle.FORM,
          List.of("openid", "profile", "email", "offline_access"),
          ownUserAgent(),
          "");

  /**
   * @throws IllegalArgumentException if the token URL would show the token to others, or a text is
   *     one that no request can carry; the message is a sentence for people
   */
  public Provider {
    Objects.requireNonNull(name, "name");
    PrivateUrl.check("token URL", tokenUrl);
    checkPrintable("client id", clientId);
    Objects.requireNonNull(body, "body");
    scopes = List.copyOf(scopes);
    checkPrintable("User-Agent", userAgent);
    Objects.requireNonNull(accessPrefix, "accessPrefix");
  }

  public Provider withTokenUrl(URI url) {
    return new Provider(name, url, clientId, body, scopes, userAgent, accessPrefix);
  }

  public Provider withClientId(String id) {
    return new Provider(name, tokenUrl, id, body, scopes, userAgent, accessPrefix);
  }

  public Provider withBody(BodyStyle style) {
    return new Provider(name, tokenUrl, clientId, style, scopes, userAgent, accessPrefix);
  }

  public Provider withScopes(List<String> wanted) {
    return new Provider(name, tokenUrl, clientId, body, wanted, userAgent, accessPrefix);
  }

  public Provider withUserAgent(String header) {
    return new Provider(name, tokenUrl, clientId, body, scopes, header, accessPrefix);
  }

  /**
   * With what {@code CLAUDE_OAUTH_TOKEN_URL} and {@code CLAUDE_OAUTH_CLIENT_ID} say, which are
   * about claude only, or {@code CODEX_REFRESH_TOKEN_URL_OVERRIDE}, which Codex itself heeds for
   * renewals [source]; an empty variable counts as none.
   *
   * @throws IllegalArgumentException if one of them cannot be used; the message names it
   */
  public Provider overriddenBy(Map<String, String> environment) {
    if (name.equals("codex")) {
      Optional<String> override = variable(environment, CODEX_URL_VARIABLE);
      return override.isPresent()
          ? named(CODEX_URL_VARIABLE, this, override.get(), Provider::withTokenUrlText)
          : this;
    }
    if (!name.equals("claude")) {
      return this;
    }
    Provider result = this;
    Optional<String> url = variable(environment, TOKEN_URL_VARIABLE);
    Optional<String> id = variable(environment, CLIENT_ID_VARIABLE);
    if (url.isPresent()) {
      result = named(TOKEN_URL_VARIABLE, result, url.get(), Provider::withTokenUrlText);
    }
    if (id.isPresent()) {
      result = named(CLIENT_ID_VARIABLE, result, id.get(), Provider::withClientId);
    }
    return result;
  }

  private Provider withTokenUrlText(String text) {
    try {
      return withTokenUrl(new URI(text));
    } catch (URISyntaxException e) {
      // Without the cause: its message quotes a text that may hold a password.
      throw new IllegalArgumentException("The token URL is not a URL.");
    }
  }

  /** One change of a provider by one text. */
  private interface Change {
    Provider apply(Provider provider, String text);
  }

  private static Provider named(String variable, Provider from, String text, Change change) {
    try {
      return change.apply(from, text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(variable + ": " + e.getMessage(), e);
    }
  }

  private static Optional<String> variable(Map<String, String> environment, String name) {
    return Optional.ofNullable(environment.get(name)).filter(text -> !text.isEmpty());
  }

  private static void checkPrintable(String what, String text) {
    if (!PRINTABLE.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "The " + what + " must be printable ASCII and not be empty.");
    }
  }

  private static String ownUserAgent() {
    Package here = Provider.class.getPackage();
    String version = here == null ? null : here.getImplementationVersion();
    return "credential-slots/" + (version == null ? "1" : version);
  }
}
