package dev.credslots.oauth;

import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.regex.Pattern;

/** The header by which a server asks to be left alone: seconds, or a date (RFC 9110, 10.2.3). */
final class RetryAfter {
  /** No more digits: who adds the span to a time must not leave the calendar. */
  private static final Pattern SECONDS = Pattern.compile("-?\\d{1,10}");

  private RetryAfter() {}

  /** The span from now on, at least zero; empty for what is neither. */
  static Optional<Duration> parse(String header, Clock clock) {
    String text = header.strip();
    Duration span;
    if (SECONDS.matcher(text).matches()) {
      span = Duration.ofSeconds(Long.parseLong(text));
    } else {
      try {
        Instant date = DateTimeFormatter.RFC_1123_DATE_TIME.parse(text, Instant::from);
        span = Duration.between(clock.instant(), date);
      } catch (DateTimeException e) {
        return Optional.empty();
      }
    }
    return Optional.of(span.isNegative() ? Duration.ZERO : span);
  }
}
