package dev.credslots.oauth;

import java.util.Locale;
import java.util.Optional;

/** How a token endpoint takes its parameters. */
public enum BodyStyle {
  /** {@code application/x-www-form-urlencoded}, as RFC 6749 has it. */
  FORM,
  /** {@code application/json}, as Anthropic's client sends it. */
  JSON;

  /** The word in the configuration, for example {@code json}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The style of that word, or empty if there is none. */
  public static Optional<BodyStyle> of(String word) {
    for (BodyStyle style : values()) {
      if (style.word().equals(word)) {
        return Optional.of(style);
      }
    }
    return Optional.empty();
  }
}
