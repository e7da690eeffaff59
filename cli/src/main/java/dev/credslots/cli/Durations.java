package dev.credslots.cli;

import java.time.Duration;
import java.util.Optional;

/** Durations as people write them: {@code 300s}, {@code 5m}, {@code 2h}, {@code 1d}, {@code 90}. */
final class Durations {
  /** What to write, as a sentence. */
  static final String FORM = "write a number with s, m, h or d, such as 300s, 5m, 2h or 1d";

  /** Ten years: longer is a slip, and far longer would overflow an instant. */
  private static final long LONGEST_SECONDS = 10L * 366 * 86_400;

  private static final int MOST_DIGITS = 9;

  private Durations() {}

  /** What to write for a lifetime, as a sentence. */
  static final String LIFETIME_FORM = "write a number with ms, s, m, h or d; alone it is days";

  /** As {@link #parse}, with milliseconds, and a plain number is days. Nothing is no lifetime. */
  static Optional<Duration> lifetime(String text) {
    Optional<Duration> life;
    if (text.matches("[0-9]{1,15}ms")) {
      Duration millis = Duration.ofMillis(Long.parseLong(text.substring(0, text.length() - 2)));
      life = Optional.of(millis).filter(span -> span.toSeconds() <= LONGEST_SECONDS);
    } else {
      life = parse(text.matches("[0-9]+") ? text + "d" : text);
    }
    return life.filter(span -> !span.isZero());
  }

  /** A plain number is seconds. Empty if it is nothing of the kind, negative or over ten years. */
  static Optional<Duration> parse(String text) {
    int digits = 0;
    while (digits < text.length() && text.charAt(digits) >= '0' && text.charAt(digits) <= '9') {
      digits++;
    }
    if (digits == 0 || digits > MOST_DIGITS) {
      return Optional.empty();
    }
    long unit =
        switch (text.substring(digits)) {
          case "", "s" -> 1;
          case "m" -> 60;
          case "h" -> 3_600;
          case "d" -> 86_400;
          default -> -1;
        };
    long seconds = Long.parseLong(text.substring(0, digits)) * unit;
    return seconds < 0 || seconds > LONGEST_SECONDS
        ? Optional.empty()
        : Optional.of(Duration.ofSeconds(seconds));
  }
}
