package dev.credslots.accounts;

import java.util.Locale;
import java.util.Optional;

/** Whose files are understood. */
public enum ImportKind {
  /** Claude Code's {@code .credentials.json}. */
  CLAUDE,
  /** Codex's {@code auth.json}. */
  CODEX,
  /** {@code auth-profiles.json}, version 1, of OpenClaw and CoderClaw [source]. */
  AUTH_PROFILES,
  /** Their older {@code oauth.json}: logins by provider [source]. */
  OAUTH,
  /** claudetm's {@code profiles.json} [source]. */
  CLAUDETM;

  /** The word for {@code --as}, for example {@code auth-profiles}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The kind of that word, or empty if there is none. */
  public static Optional<ImportKind> of(String word) {
    for (ImportKind kind : values()) {
      if (kind.word().equals(word)) {
        return Optional.of(kind);
      }
    }
    return Optional.empty();
  }
}
