package dev.credslots.accounts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.credslots.credential.Secret;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ApiKeysTest {
  @Test
  void a_short_key_is_hidden_and_of_a_longer_one_the_ends_are_shown() {
    assertEquals("****", ApiKeys.masked(Secret.of("")));
    assertEquals("****", ApiKeys.masked(Secret.of("1234567890123456")));
    assertEquals("123456…4567", ApiKeys.masked(Secret.of("12345678901234567")));
  }

  @Test
  void a_key_is_one_word() {
    assertEquals(Optional.empty(), ApiKeys.problem(Secret.of("sk-ant-api03-FAKE")));
    assertEquals(Optional.empty(), ApiKeys.problem(Secret.of("gateway-key")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "FAKE key",
        "FAKE\nkey",
        "FAKE\u0000",
        "FAKEé",
        "{\"claudeAiOauth\":\"FAKE\"}",
        "sk-ant-oat01-FAKE",
        "sk-ant-ort01-FAKE"
      })
  void anything_else_is_none_and_is_not_repeated(String text) {
    assertFalse(ApiKeys.problem(Secret.of(text)).orElseThrow().contains("FAKE"));
  }
}
