package dev.credslots.oauth;

import dev.credslots.credential.Secret;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where a client's access token comes from: for Claude Code {@code ANTHROPIC_AUTH_TOKEN}, then
 * {@code CLAUDE_CODE_OAUTH_TOKEN}, then the store [source]. A token from a variable is nobody's but
 * its setter's: it is never renewed or replaced, and the end of the stored login says nothing of
 * it.
 *
 * @param label the variable's name, or {@code Linux credential file} and its like
 * @param token empty for the store, whose slot the caller knows
 * @param why a sentence
 */
public record TokenSource(String label, Optional<Secret> token, String why) {
  private static final List<String> VARIABLES =
      List.of("ANTHROPIC_AUTH_TOKEN", "CLAUDE_CODE_OAUTH_TOKEN");

  /** Codex's, where it heeds any [source]. */
  private static final List<String> CODEX_VARIABLES =
      List.of("CODEX_API_KEY", "CODEX_ACCESS_TOKEN");

  /** Claude Code's source in an environment, on an operating system as {@code os.name} calls it. */
  public static TokenSource of(Map<String, String> environment, String operatingSystem) {
    return of("claude", environment, operatingSystem);
  }

  /** As the other, of any provider's client; one that nobody knows heeds no variable. */
  public static TokenSource of(
      String provider, Map<String, String> environment, String operatingSystem) {
    List<String> variables =
        switch (provider) {
          case "claude" -> VARIABLES;
          case "codex" -> CODEX_VARIABLES;
          default -> List.of();
        };
    for (String name : variables) {
      String value = environment.getOrDefault(name, "").strip();
      if (!value.isEmpty()) {
        return new TokenSource(
            name,
            Optional.of(Secret.of(value)),
            "it is set, and stronger than any stored login; it is never renewed");
      }
    }
    return new TokenSource(
        store(operatingSystem), Optional.empty(), "no variable is set, so the stored login counts");
  }

  private static String store(String operatingSystem) {
    if (operatingSystem.startsWith("Mac")) {
      return "macOS credential file";
    }
    return operatingSystem.startsWith("Windows")
        ? "Windows credential file"
        : "Linux credential file";
  }
}
