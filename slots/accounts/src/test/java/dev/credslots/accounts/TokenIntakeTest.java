package dev.credslots.accounts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.credslots.credential.Secret;
import dev.credslots.testkit.Canary;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenIntakeTest {
  private static final Instant NOW = Instant.parse("2026-11-22T10:00:00.123456Z");
  private static final Instant IN_A_YEAR = Instant.parse("2027-11-22T10:00:00.123Z");
  private static final Canary CANARY = Canary.of(1);
  private static final String TOKEN = CANARY.token();

  private static TokenIntake.Accepted accepted(String agent, String given) {
    return assertInstanceOf(TokenIntake.Accepted.class, TokenIntake.of(agent, given, NOW));
  }

  private static String refused(String agent, String given) {
    TokenIntake intake = TokenIntake.of(agent, given, NOW);
    TokenIntake.Refused refused = assertInstanceOf(TokenIntake.Refused.class, intake);
    assertEquals(Optional.empty(), CANARY.in(intake.toString()), intake::toString);
    return refused.reason();
  }

  private static LongLivedToken back(TokenIntake.Accepted accepted) {
    assertFalse(accepted.value().reveal().contains("\n"));
    return LongLivedToken.stored(accepted.value()).orElseThrow();
  }

  @Test
  void a_bare_token_is_good_for_a_year_in_milliseconds() {
    TokenIntake.Accepted accepted = accepted("claude", "  " + TOKEN + "\r\n");

    assertEquals(
        "{\"accessToken\":\"" + TOKEN + "\",\"expiresAt\":" + IN_A_YEAR.toEpochMilli() + "}",
        accepted.value().reveal());
    assertEquals(Optional.of(IN_A_YEAR), accepted.token().expiresAt());
    assertEquals(accepted.token(), back(accepted));
  }

  @Test
  void json_is_kept_with_what_else_it_says_on_one_line() {
    TokenIntake.Accepted accepted =
        accepted(
            "claude",
            "{ \"name\": \"Ä\\n\",\n \"accessToken\": \""
                + TOKEN
                + "\",\n \"expiresAt\": 1827177498721, \"more\": {\"a\": [1, 1.50]} }");

    assertEquals(
        "{\"name\":\"\\u00C4\\n\",\"accessToken\":\""
            + TOKEN
            + "\",\"expiresAt\":1827177498721,\"more\":{\"a\":[1,1.50]}}",
        accepted.value().reveal());
    assertEquals(Secret.of(TOKEN), back(accepted).accessToken());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ",\"expiresAt\":null"})
  void json_without_an_end_gets_the_usual_one(String end) {
    TokenIntake.Accepted accepted = accepted("x", "{\"accessToken\":\"" + TOKEN + "\"" + end + "}");

    assertEquals(Optional.of(IN_A_YEAR), back(accepted).expiresAt());
    assertEquals(Optional.of(IN_A_YEAR), accepted.token().expiresAt());
  }

  @ParameterizedTest
  @CsvSource({
    "1827177498, 1827177498000",
    "1827177498721, 1827177498721",
    "1.827177498721e12, 1827177498721",
    // Before 2001 there is no telling them apart, so they stay seconds.
    "1000, 1000"
  })
  void seconds_become_milliseconds_where_that_is_understood(String given, long kept) {
    TokenIntake.Accepted accepted =
        accepted("x", "{\"accessToken\":\"" + TOKEN + "\",\"expiresAt\":" + given + "}");

    assertTrue(accepted.value().reveal().endsWith(":" + kept + "}"), given);
    assertEquals(accepted.token(), back(accepted));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "\"1827177498721\"", "true", "1e30", "{}"})
  void an_end_that_is_no_time_is_refused(String end) {
    String given = "{\"accessToken\":\"" + TOKEN + "\",\"expiresAt\":" + end + "}";

    assertEquals("its expiresAt is no time", refused("x", given));
  }

  @Test
  void what_is_no_token_is_refused_with_its_reason() {
    assertEquals("nothing was given", refused("claude", " \n\t"));
    assertEquals(
        "it is several lines, and a token is one", refused("claude", TOKEN + "\n" + TOKEN));
    for (String json : new String[] {"{}", "[]", "\"x\"", "{\"accessToken\":5}"}) {
      assertEquals("it is JSON without an accessToken", refused("x", json), json);
    }
    assertEquals(
        "it is JSON without an accessToken",
        refused("x", "{\"claudeAiOauth\":{\"accessToken\":\"" + TOKEN + "\"}}"));
    for (String json :
        new String[] {
          "{\"accessToken\":\"" + TOKEN,
          "{\"accessToken\":\"" + TOKEN + "\",\"expiresAt\":NaN}",
          "{\"accessToken\":\"" + TOKEN + "\",\"accessToken\":\"b\"}"
        }) {
      assertEquals("it is not JSON that can be read", refused("x", json), json);
    }
    assertEquals("something follows the JSON object", refused("x", "{\"accessToken\":\"a\"}\n{}"));
    for (String odd : new String[] {"a b", "töken", "a\u0007b", "a\u00A0b"}) {
      assertEquals("a token has no blanks and nothing but ASCII", refused("x", odd), odd);
    }
  }

  @Test
  void how_tokens_of_claude_begin_is_known() {
    String secret = TOKEN.substring("sk-ant-oat01-".length());

    assertEquals("that is an API key, not a token", refused("claude", "sk-ant-api03-" + secret));
    assertEquals(
        "that is a refresh token, not an access token",
        refused("claude", "sk-ant-ort01-" + secret));
    assertEquals("a token for claude begins with sk-ant-oat01-", refused("claude", secret));
    assertEquals(
        "a token for claude begins with sk-ant-oat01-",
        refused("claude", "{\"accessToken\":\"" + secret + "\"}"));
    assertEquals(
        "a token for claude begins with sk-ant-oat01-", refused("claude", "sk-ant-oat01-"));
    assertEquals(Secret.of(secret), accepted("codex", secret).token().accessToken());
  }

  @Test
  void its_end_is_over_when_it_is_reached() {
    LongLivedToken token = accepted("claude", TOKEN).token();

    assertEquals(LongLivedToken.State.VALID, token.state(IN_A_YEAR.minusMillis(1)));
    assertEquals(LongLivedToken.State.EXPIRED, token.state(IN_A_YEAR));
    assertEquals(Duration.ofDays(365), LongLivedToken.USUAL_LIFE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ",\"expiresAt\":0", ",\"expiresAt\":-5", ",\"expiresAt\":\"soon\""})
  void what_somebody_else_stored_without_a_usable_end_has_none(String end) {
    Secret value = Secret.of("{\"accessToken\":\"" + TOKEN + "\"" + end + "}");

    LongLivedToken token = LongLivedToken.stored(value).orElseThrow();

    assertEquals(LongLivedToken.State.ENDLESS, token.state(NOW));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "[]", "{}", "{\"accessToken\":\"\"}", "{\"accessToken\":\"a\""})
  void what_somebody_else_stored_may_be_no_token(String value) {
    assertEquals(Optional.empty(), LongLivedToken.stored(Secret.of(value)));
  }

  @Test
  void a_token_shows_nothing_of_itself() {
    TokenIntake.Accepted accepted = accepted("claude", TOKEN);

    assertEquals(Optional.empty(), CANARY.in(accepted.toString()));
  }
}
