package dev.credslots.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
  @ParameterizedTest
  @ValueSource(strings = {"", "{", "{\"a\":1", "{} {}", "{}x", "\uFEFF{}", "{'a':1}", "{\"a\":01}"})
  void what_is_torn_or_trailing_or_marked_is_no_value(String text) {
    assertEquals(Optional.empty(), parse(text));
  }

  @Test
  void text_that_is_not_utf8_is_no_value() {
    assertEquals(Optional.empty(), Json.parse(new byte[] {'"', (byte) 0xFF, '"'}));
    assertEquals(Optional.empty(), Json.parse("{}".getBytes(StandardCharsets.UTF_16LE)));
  }

  @Test
  void nesting_beyond_reason_is_no_value_and_no_crash() {
    assertTrue(parse("[".repeat(200) + "]".repeat(200)).isPresent());
    assertEquals(Optional.empty(), parse("[".repeat(100_000) + "]".repeat(100_000)));
  }

  @Test
  void the_last_of_duplicate_keys_counts() {
    assertEquals(
        Optional.of(Map.of("a", new BigDecimal("1e308"))), parse("{\"a\":[1],\"a\":1e308}"));
  }

  private static Optional<Object> parse(String text) {
    return Json.parse(text.getBytes(StandardCharsets.UTF_8));
  }
}
