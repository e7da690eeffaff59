package dev.credslots.accounts;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.credslots.credential.Secret;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Credential files as clients would have written them, of what other programs know of a login. */
final class ClientFiles {
  /**
   * What every login of Claude's that a client can use was granted; Claude Code does not look upon
   * one without them as a subscription.
   */
  private static final List<String> SCOPES = List.of("user:inference", "user:profile");

  private static final Pattern JWT = Pattern.compile("[^.]+\\.[A-Za-z0-9_-]+\\.[^.]+");

  private final Instant now;

  /**
   * @param now when a login was renewed of which nobody says
   */
  ClientFiles(Instant now) {
    this.now = now;
  }

  /** Why there can be no file, as the rest of a sentence; empty if there can. */
  Optional<String> problem(String provider, JsonTree login) {
    if (login.text("access").isEmpty() && login.text("refresh").isEmpty()) {
      return Optional.of("has neither access nor refresh token");
    }
    if (provider.equals(ImportNames.CODEX)
        && login.text("access").flatMap(this::claims).isEmpty()) {
      return Optional.of("has no access token that Codex could read");
    }
    return Optional.empty();
  }

  /**
   * The file.
   *
   * @param login of which there is no {@link #problem}
   */
  Secret of(String provider, JsonTree login) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = StateReader.JSON.createGenerator(text)) {
      json.writeStartObject();
      if (provider.equals(ImportNames.CODEX)) {
        codex(json, login);
      } else {
        claude(json, login);
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("memory does not fail", e);
    }
    return Secret.of(text.append('\n').toString());
  }

  private static void claude(JsonGenerator json, JsonTree login) throws IOException {
    json.writeObjectFieldStart("claudeAiOauth");
    json.writeStringField("accessToken", login.text("access").orElse(""));
    if (login.text("refresh").isPresent()) {
      json.writeStringField("refreshToken", login.text("refresh").get());
    }
    if (login.time("expires").isPresent()) {
      json.writeNumberField("expiresAt", login.time("expires").get().toEpochMilli());
    }
    json.writeArrayFieldStart("scopes");
    List<String> scopes = login.texts("scopes");
    for (String scope : scopes.isEmpty() ? SCOPES : scopes) {
      json.writeString(scope);
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  /**
   * Codex reads no file without an id token that is a JWT [source]. Where there is none the access
   * token is one: it has the same claims, Codex itself reads it so where it is given tokens from
   * outside [source], and its next refresh brings another. The account is named in every request,
   * and {@code last_refresh} is when the token was made.
   */
  private void codex(JsonGenerator json, JsonTree login) throws IOException {
    String access = login.text("access").orElseThrow();
    String id = login.text("idToken").filter(token -> claims(token).isPresent()).orElse(access);
    Optional<String> account =
        login.text("accountId").or(() -> account(id)).or(() -> account(access));
    json.writeStringField("auth_mode", "chatgpt");
    json.writeNullField("OPENAI_API_KEY");
    json.writeObjectFieldStart("tokens");
    json.writeStringField("id_token", id);
    json.writeStringField("access_token", access);
    json.writeStringField("refresh_token", login.text("refresh").orElse(""));
    if (account.isPresent()) {
      json.writeStringField("account_id", account.get());
    }
    json.writeEndObject();
    Instant made =
        claims(access)
            .flatMap(claims -> claims.number("iat"))
            .filter(seconds -> seconds > 0 && seconds < now.getEpochSecond())
            .map(Instant::ofEpochSecond)
            .orElse(now);
    json.writeStringField("last_refresh", made.toString());
  }

  private Optional<String> account(String token) {
    return claims(token)
        .flatMap(claims -> claims.object("https://api.openai.com/auth"))
        .flatMap(auth -> auth.text("chatgpt_account_id"));
  }

  /** What is in a JWT that Codex can read: no part of it is empty, and none is padded [source]. */
  private Optional<JsonTree> claims(String token) {
    if (!JWT.matcher(token).matches()) {
      return Optional.empty();
    }
    String[] parts = token.split("\\.", -1);
    try {
      byte[] payload = Base64.getUrlDecoder().decode(parts[1].getBytes(StandardCharsets.US_ASCII));
      return JsonTree.of(payload);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
