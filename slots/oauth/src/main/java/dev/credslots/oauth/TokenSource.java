package dev.credslots.oauth;

import dev.credslots.credential.Secret;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where a client's access token comes from: {@code ANTHROPIC_AUTH_TOKEN}, then {@code
 * CLAUDE_CODE_OAUTH_TOKEN}, then the store [source]. A token from a variable is nobody's but its
 * setter's: it is never renewed or replaced, and the end of the stored login says nothing of it.
 *
 * @param label the variable's name, or {@code Linux credential file} and its like
 * @param token empty for the store, whose slot the caller knows
 * @param why a sentence
 */
public record TokenSource(String label, Optional<Secret> token, String why) {
  private static final List<String> VARIABLES =
      List.of("ANTHROPIC_AUTH_TOKEN", "CLAUDE_CODE_OAUTH_TOKEN");

  /** The source in an environment, on an operating system as {@code os.name} calls it. */
  public static TokenSource of(Map<String, String> environment, String operatingSystem) {
    for (String name : VARIABLES) {
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
