package dev.credslots.oauth;

import dev.credslots.Warning;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How long before its end a token is renewed: {@code CLAUDE_TOKEN_REFRESH_BUFFER_SECONDS}, as Auto-
 * Claude has it [source].
 *
 * @param time not negative
 * @param warning present if the variable makes no sense and the usual time is used
 */
public record RefreshBuffer(Duration time, Optional<Warning> warning) {
  /** The variable. */
  public static final String VARIABLE = "CLAUDE_TOKEN_REFRESH_BUFFER_SECONDS";

  private static final Duration USUAL = Duration.ofMinutes(5);
  private static final int LONGEST_SHOWN = 40;

  /**
   * Understands the variable's value; null or empty is the usual 300 s. Digits alone count: a
   * negative buffer would turn the question round, and call every live token over.
   */
  public static RefreshBuffer of(@Nullable String value) {
    if (value == null || value.isBlank()) {
      return new RefreshBuffer(USUAL, Optional.empty());
    }
    String text = value.strip();
    if (text.matches("[0-9]{1,9}")) {
      return new RefreshBuffer(Duration.ofSeconds(Long.parseLong(text)), Optional.empty());
    }
    String shown = text.length() > LONGEST_SHOWN ? text.substring(0, LONGEST_SHOWN) + "…" : text;
    if (text.startsWith("sk-")) {
      shown = "****"; // Somebody's token, in the wrong place.
    }
    return new RefreshBuffer(
        USUAL,
        Optional.of(
            new Warning(
                "refresh-buffer",
                VARIABLE
                    + " is '"
                    + shown
                    + "', which is not a number of seconds from 0 up; 300 is used")));
  }
}
