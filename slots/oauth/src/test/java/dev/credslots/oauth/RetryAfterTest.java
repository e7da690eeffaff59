package dev.credslots.oauth;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAfterTest {
  private static final Clock NOON =
      Clock.fixed(Instant.parse("2026-02-15T12:00:00Z"), ZoneOffset.UTC);

  @ParameterizedTest
  @CsvSource({
    "0,                               PT0S",
    "120,                             PT2M",
    "' 7 ',                           PT7S",
    "-5,                              PT0S",
    "'Sun, 15 Feb 2026 12:01:30 GMT', PT1M30S",
    "'Sun, 15 Feb 2026 11:00:00 GMT', PT0S",
  })
  void understood(String header, Duration expected) {
    assertEquals(Optional.of(expected), RetryAfter.parse(header, NOON));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "soon",
        "1.5",
        "+5",
        "5s",
        "12345678901",
        "Mon, 15 Feb 2026 12:00:00 GMT",
        "2026-02-15T12:00:00Z",
        "\u0665"
      })
  void nonsense(String header) {
    assertEquals(Optional.empty(), RetryAfter.parse(header, NOON));
  }
}
