package dev.credslots.accounts;

import dev.credslots.SlotNames;
import java.util.Locale;
import java.util.regex.Pattern;

/** What providers and logins of other programs are called here. */
final class ImportNames {
  static final String CLAUDE = "claude";
  static final String CODEX = "codex";

  private static final int LONGEST = 48;
  private static final Pattern TOKEN = Pattern.compile("(^|[^A-Za-z])(sk-|eyJ)");

  private ImportNames() {}

  /** Whether somebody put a token where a name belongs. */
  static boolean looksLikeToken(String text) {
    return TOKEN.matcher(text).find();
  }

  /** One name for a provider that has several; the first two are those of its client. */
  static String provider(String name) {
    String lower = name.strip().toLowerCase(Locale.ROOT);
    return switch (lower) {
      case "anthropic", "claude-code", "claude-cli" -> CLAUDE;
      case "openai-codex", "codex-cli" -> CODEX;
      case "z.ai", "z-ai" -> "zai";
      default -> tidied(lower, "unknown");
    };
  }

  /**
   * A name for an entry: what its key says after the provider, else whose it is.
   *
   * @param key {@code provider:name}
   */
  static String of(String key, JsonTree entry, String provider) {
    String own = key.substring(key.indexOf(':') + 1);
    String told = own.equals("default") ? entry.text("email").orElse(provider) : own;
    return tidied(told.replaceFirst("@.*", ""), provider);
  }

  /** By the rule for slots' names, with room for a number; {@code instead} if nothing is left. */
  static String tidied(String text, String instead) {
    String plain = text.replaceAll("[^A-Za-z0-9._-]+", "-").replaceFirst("^[._-]+", "");
    String tidy = plain.substring(0, Math.min(plain.length(), LONGEST)).replaceFirst("[._-]+$", "");
    boolean taken = tidy.equalsIgnoreCase("default") || looksLikeToken(tidy);
    return taken || SlotNames.problem("", tidy).isPresent() ? instead : tidy;
  }
}
