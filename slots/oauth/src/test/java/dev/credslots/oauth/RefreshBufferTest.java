package dev.credslots.oauth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class RefreshBufferTest {
  private static final Duration USUAL = Duration.ofSeconds(300);

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = {"", " ", "\t\n"})
  void a_variable_that_says_nothing_is_no_mistake(String value) {
    assertEquals(new RefreshBuffer(USUAL, Optional.empty()), RefreshBuffer.of(value));
  }

  @ParameterizedTest
  @CsvSource({"300,300", "0,0", "1,1", "' 60 ',60", "007,7", "86400,86400", "999999999,999999999"})
  void seconds_from_0_up_count(String value, long seconds) {
    assertEquals(
        new RefreshBuffer(Duration.ofSeconds(seconds), Optional.empty()), RefreshBuffer.of(value));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"-5", "-0", "+5", "abc", "1.5", "1e3", "5m", "0x10", "1_000", "3 0", "٣", "NaN"})
  void what_is_no_such_number_is_300_with_a_warning_that_names_it(String value) {
    RefreshBuffer buffer = RefreshBuffer.of(value);
    assertEquals(USUAL, buffer.time());
    assertEquals("refresh-buffer", buffer.warning().orElseThrow().code());
    assertEquals(
        "CLAUDE_TOKEN_REFRESH_BUFFER_SECONDS is '"
            + value
            + "', which is not a number of seconds from 0 up; 300 is used",
        buffer.warning().orElseThrow().message());
  }

  @ParameterizedTest
  @ValueSource(strings = {"1000000000", "99999999999999999999", "-99999999999999999999"})
  void a_number_beyond_every_login_is_none(String value) {
    RefreshBuffer buffer = RefreshBuffer.of(value);
    assertEquals(USUAL, buffer.time());
    assertTrue(buffer.warning().orElseThrow().message().contains("'" + value + "'"));
  }

  /** A warning is one line, whatever somebody pasted. */
  @Test
  void of_a_very_long_value_only_the_beginning_is_shown() {
    RefreshBuffer buffer = RefreshBuffer.of("a".repeat(39) + "bc" + "d".repeat(5000));
    assertEquals(USUAL, buffer.time());
    String message = buffer.warning().orElseThrow().message();
    assertTrue(message.contains("'" + "a".repeat(39) + "b…'"), message);
    assertFalse(message.contains("cd"), message);
  }
}
