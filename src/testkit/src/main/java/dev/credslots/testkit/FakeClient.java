package dev.credslots.testkit;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A client whose files the fixtures write: what is in them, and what they are called. */
public enum FakeClient {
  /** Claude Code: {@code claudeAiOauth} in {@code .credentials.json}, one line. */
  CLAUDE(".credentials.json", "claudeAiOauth", "accessToken", "refreshToken"),
  /**
   * Codex: {@code tokens} in {@code auth.json}, pretty as its serializer has it; what ends when,
   * and whose it is, is in the tokens [source].
   */
  CODEX("auth.json", "tokens", "access_token", "refresh_token");

  private final String liveName;
  private final String login;
  private final String accessKey;
  private final String refreshKey;

  FakeClient(String liveName, String login, String accessKey, String refreshKey) {
    this.liveName = liveName;
    this.login = login;
    this.accessKey = accessKey;
    this.refreshKey = refreshKey;
  }

  /** The live path's name. */
  public String liveName() {
    return liveName;
  }

  /** The refresh token in a file, if it is a fake one. */
  Optional<String> refreshTokenIn(Optional<byte[]> credential) {
    return text(credential, refreshKey).filter(FakeLogin::isRefreshToken);
  }

  /** Whether the access token of a file is over. */
  boolean over(Optional<byte[]> credential) {
    Optional<Long> end =
        this == CLAUDE
            ? credential
                .flatMap(Json::object)
                .flatMap(file -> Json.objectAt(file, login))
                .map(oauth -> oauth.get("expiresAt"))
                .filter(Number.class::isInstance)
                .map(value -> ((Number) value).longValue())
            : text(credential, accessKey).flatMap(FakeJwt::expiresAt);
    return end.map(at -> at <= System.currentTimeMillis()).orElse(false);
  }

  private Optional<String> text(Optional<byte[]> credential, String key) {
    return credential
        .flatMap(Json::object)
        .flatMap(file -> Json.objectAt(file, login))
        .map(tokens -> tokens.get(key))
        .filter(String.class::isInstance)
        .map(String.class::cast);
  }

  /** A file with the tokens of the next generation, and every other value as it was. */
  byte[] refreshed(byte[] old, FakeLogin next, Set<String> dropped) {
    Map<String, Object> file = Json.object(old).orElseThrow();
    Map<String, Object> tokens = Json.objectAt(file, login).orElseThrow();
    tokens.put(accessKey, next.accessToken());
    tokens.put(refreshKey, next.refreshToken());
    if (this == CODEX) {
      tokens.put("id_token", next.idToken());
      file.put("last_refresh", next.lastRefresh());
    } else {
      tokens.put("expiresAt", next.expiresAt().toEpochMilli());
    }
    tokens.keySet().removeAll(dropped);
    return bytes(file);
  }

  /** A file with empty tokens, or empty if there is no login in it. */
  Optional<byte[]> wiped(byte[] old) {
    Optional<Map<String, Object>> file = Json.object(old);
    Optional<Map<String, Object>> tokens = file.flatMap(all -> Json.objectAt(all, login));
    if (tokens.isEmpty()) {
      return Optional.empty();
    }
    tokens.get().put(accessKey, "");
    tokens.get().put(refreshKey, "");
    if (this == CLAUDE) {
      tokens.get().put("expiresAt", 0);
    }
    return Optional.of(bytes(file.orElseThrow()));
  }

  /** A login's file. */
  byte[] credential(FakeLogin of, Map<String, Object> overrides, Map<String, Object> siblings) {
    Map<String, Object> tokens = new LinkedHashMap<>();
    Map<String, Object> file = new LinkedHashMap<>();
    if (this == CODEX) {
      file.put("auth_mode", "chatgpt");
      file.put("OPENAI_API_KEY", Json.NULL);
      tokens.put("id_token", of.idToken());
    }
    file.put(login, tokens);
    tokens.put(accessKey, of.accessToken());
    tokens.put(refreshKey, of.refreshToken());
    if (this == CODEX) {
      tokens.put("account_id", of.accountUuid().toString());
      file.put("last_refresh", of.lastRefresh());
    } else {
      tokens.put("expiresAt", of.expiresAt().toEpochMilli());
      tokens.put("refreshTokenExpiresAt", of.refreshTokenExpiresAt().toEpochMilli());
      tokens.put("scopes", List.of("user:inference", "user:profile", "user:sessions:claude_code"));
      tokens.put("subscriptionType", of.subscriptionType());
      tokens.put("rateLimitTier", of.rateLimitTier());
    }
    overrides.forEach(
        (key, value) -> {
          if (value.equals(Json.NULL)) {
            tokens.remove(key);
          } else {
            tokens.put(key, value);
          }
        });
    file.putAll(siblings);
    return bytes(file);
  }

  private byte[] bytes(Map<String, Object> file) {
    String json = this == CODEX ? pretty(file, "") : Json.write(file);
    return json.getBytes(StandardCharsets.UTF_8);
  }

  private static String pretty(Map<String, Object> object, String indent) {
    List<String> members = new ArrayList<>();
    object.forEach(
        (key, value) -> {
          @SuppressWarnings("unchecked")
          String text =
              value instanceof Map<?, ?> inner
                  ? pretty((Map<String, Object>) inner, indent + "  ")
                  : Json.write(value);
          members.add(indent + "  " + Json.write(key) + ": " + text);
        });
    return "{\n" + String.join(",\n", members) + "\n" + indent + "}";
  }
}
