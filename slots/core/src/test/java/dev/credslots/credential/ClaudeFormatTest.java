package dev.credslots.credential;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.credslots.credential.CredentialFormat.Reading;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClaudeFormatTest {
  private static final String SECRET = "sk-ant-ort01-XyZzY";

  private static Reading read(String json) {
    return read(json.getBytes(StandardCharsets.UTF_8));
  }

  private static Reading read(byte[] bytes) {
    return new ClaudeFormat().read(bytes);
  }

  private static Credential login(String json) {
    return assertInstanceOf(Reading.Login.class, read(json)).credential();
  }

  private static String noLogin(String json) {
    return noLogin(json.getBytes(StandardCharsets.UTF_8));
  }

  private static String noLogin(byte[] bytes) {
    return assertInstanceOf(Reading.NoLogin.class, read(bytes)).reason();
  }

  private static Credential expiring(String expiresAt) {
    return login(
        "{\"claudeAiOauth\":{\"accessToken\":\"a\",\"refreshToken\":\"r\",\"expiresAt\":"
            + expiresAt
            + "}}");
  }

  @Test
  void every_key_of_a_login_is_read() {
    Credential login =
        login(
            """
            {"mcpOAuth": {"claudeAiOauth": {"accessToken": "not this"}},
             "claudeAiOauth": {"accessToken": "a", "refreshToken": "r",
               "expiresAt": 1768730000000, "refreshTokenExpiresAt": 1770000000000,
               "scopes": ["user:inference", 7, ["x"], "user:profile"],
               "subscriptionType": "max", "rateLimitTier": "t20", "other": {"expiresAt": 0}}}
            """);
    assertEquals("a", login.accessToken().orElseThrow().reveal());
    assertEquals("r", login.refreshToken().orElseThrow().reveal());
    assertEquals(Instant.ofEpochMilli(1768730000000L), login.expiresAt().orElseThrow());
    assertEquals(Instant.ofEpochMilli(1770000000000L), login.loginExpiresAt().orElseThrow());
    assertEquals(List.of("user:inference", "user:profile"), login.scopes());
    assertEquals(Optional.of("max"), login.subscriptionType());
    assertEquals(Optional.of("t20"), login.rateLimitTier());
    assertFalse(login.wiped());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "\n",
        "{",
        "[]",
        "[{\"claudeAiOauth\":{\"accessToken\":\"a\"}}]",
        "\"text\"",
        "12",
        "null",
        "true",
        "{}",
        "{\"claudeAiOauth\":null}",
        "{\"claudeAiOauth\":\"a\"}",
        "{\"claudeAiOauth\":[{\"accessToken\":\"a\"}]}",
        "{\"claudeAiOauth\":{}}",
        "{\"claudeAiOauth\":{\"expiresAt\":1768730000000}}",
        "{\"claudeAiOauth\":{\"accessToken\":5,\"refreshToken\":[\"r\"]}}",
        "{\"claudeAiOauth\":{\"accessToken\":null,\"refreshToken\":{\"x\":\"r\"}}}",
        "{\"claudeAiOauth\":{\"accessToken\":\"a\"}",
        "{\"claudeAiOauth\":{\"accessToken\":\"a\"}}}",
        "{\"claudeAiOauth\":{\"accessToken\":\"a\"}} {}",
        "{\"claudeAiOauth\":{\"accessToken\":\"a\"}} x",
        "{\"claudeAiOauth\":{\"accessToken\":\"a\",}}",
        "{\"claudeAiOauth\":{\"accessToken\":\"a\",\"expiresAt\":NaN}}",
        "{\"claudeAiOauth\":{\"accessToken\":\"a\",\"expiresAt\":Infinity}}",
        "{\"claudeAiOauth\":{\"accessToken\":'a'}}",
        "{\"claudeAiOauth\":{\"accessToken\":\"a\"}}\u0000",
        "/* x */{\"claudeAiOauth\":{\"accessToken\":\"a\"}}",
      })
  void what_is_no_login_is_said_in_a_sentence(String text) {
    assertFalse(noLogin(text).isBlank());
  }

  @Test
  void space_around_the_object_is_allowed() {
    login(" \r\n\t{\"claudeAiOauth\":{\"accessToken\":\"a\"}}\n\n ");
  }

  @Test
  void a_byte_order_mark_and_other_encodings_are_refused() {
    String json = "{\"claudeAiOauth\":{\"accessToken\":\"a\",\"refreshToken\":\"r\"}}";
    noLogin("\uFEFF" + json);
    noLogin(json.getBytes(StandardCharsets.UTF_16));
    noLogin(json.getBytes(StandardCharsets.UTF_16BE));
    noLogin(json.getBytes(StandardCharsets.UTF_16LE));
    noLogin((" " + json).getBytes(StandardCharsets.UTF_16LE));
    noLogin(json.getBytes(java.nio.charset.Charset.forName("UTF-32LE")));
    noLogin(json.getBytes(java.nio.charset.Charset.forName("UTF-32BE")));
  }

  @Test
  void binary_data_never_throws() {
    Random random = new Random(4711);
    for (int i = 0; i < 5_000; i++) {
      byte[] bytes = new byte[random.nextInt(200)];
      random.nextBytes(bytes);
      if (bytes.length > 0 && i % 2 == 0) {
        bytes[0] = '{';
      }
      noLogin(bytes);
    }
  }

  @Test
  void damage_anywhere_in_a_file_never_throws() {
    byte[] whole =
        """
        {"claudeAiOauth":{"accessToken":"aaaa","refreshToken":"rrrr","expiresAt":1768730000000,
        "scopes":["a","b"],"refreshTokenExpiresAt":1.7e12}}"""
            .getBytes(StandardCharsets.UTF_8);
    Random random = new Random(4711);
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = Arrays.copyOf(whole, random.nextInt(whole.length) + 1);
      if (i % 3 != 0) {
        bytes = whole.clone();
      }
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      read(bytes);
    }
    for (int length = 0; length < whole.length; length++) {
      noLogin(Arrays.copyOf(whole, length));
    }
  }

  @Test
  void nesting_of_a_hundred_thousand_levels_is_refused() {
    String deep = "[".repeat(100_000);
    noLogin(deep);
    noLogin("{\"a\":" + deep + "]".repeat(100_000) + "}");
    noLogin("{\"a\":".repeat(100_000) + "1" + "}".repeat(100_000));
    noLogin("{\"claudeAiOauth\":{\"accessToken\":" + deep);
    noLogin("{\"claudeAiOauth\":{\"scopes\":" + deep);
  }

  @Test
  void of_duplicate_keys_the_last_counts() {
    Credential login =
        login(
            """
            {"claudeAiOauth":{"accessToken":"a1","refreshToken":"r1","expiresAt":0,
              "accessToken":"a2","refreshToken":"r2","expiresAt":1768730000000}}""");
    assertEquals("a2", login.accessToken().orElseThrow().reveal());
    assertEquals("r2", login.refreshToken().orElseThrow().reveal());
    assertFalse(login.wiped());
    assertTrue(
        login("{\"claudeAiOauth\":{\"refreshToken\":\"r\",\"expiresAt\":5,\"expiresAt\":0}}")
            .wiped());
    assertTrue(
        login(
                "{\"claudeAiOauth\":{\"accessToken\":\"a\",\"refreshToken\":\"r\",\"refreshToken\":5}}")
            .refreshToken()
            .isEmpty());
  }

  @Test
  void of_duplicate_logins_the_last_counts_as_a_whole() {
    Credential login =
        login(
            "{\"claudeAiOauth\":{\"accessToken\":\"a1\",\"refreshToken\":\"r1\"},"
                + "\"claudeAiOauth\":{\"accessToken\":\"a2\"}}");
    assertEquals("a2", login.accessToken().orElseThrow().reveal());
    assertTrue(login.refreshToken().isEmpty());
    noLogin("{\"claudeAiOauth\":{\"accessToken\":\"a1\"},\"claudeAiOauth\":null}");
    noLogin("{\"claudeAiOauth\":{\"accessToken\":\"a1\"},\"claudeAiOauth\":{}}");
  }

  @ParameterizedTest
  @CsvSource({
    "1768730000000, 2026-01-18T09:53:20Z",
    "1768730000000.75, 2026-01-18T09:53:20Z",
    "1.76873e12, 2026-01-18T09:53:20Z",
    "1768730000, 2026-01-18T09:53:20Z",
    "1768730000.5, 2026-01-18T09:53:20.500Z",
    "1000000000001, 2001-09-09T01:46:40.001Z",
    "1, 1970-01-01T00:00:01Z",
    "1e-300, 1970-01-01T00:00:00Z",
    "253402300799, 9999-12-31T23:59:59Z",
    "253402300799999, 9999-12-31T23:59:59.999Z",
  })
  void expires_at_is_milliseconds_above_a_trillion_and_seconds_below(String text, Instant end) {
    assertEquals(Optional.of(end), expiring(text).expiresAt());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1000000000000", // As seconds the year 33658.
        "253402300800", // The first second of the year 10000.
        "253402300800000",
        "9223372036854775807",
        "99999999999999999999999999",
        "1e308",
        "1e999",
        "1e999999999",
        "1e2147483648",
        "1e99999999999999999999",
        "1e-999999999",
        "1e-99999999999999999999",
        "-1",
        "-1768730000000",
        "-1e308",
        "\"1768730000000\"",
        "\"\"",
        "null",
        "true",
        "[]",
        "[1768730000000]",
        "{}",
        "{\"expiresAt\":1768730000000}",
      })
  void an_expires_at_that_is_no_time_is_none_and_the_login_stays(String text) {
    Credential login = expiring(text);
    assertEquals(Optional.empty(), login.expiresAt());
    assertFalse(login.wiped());
    assertEquals("r", login.refreshToken().orElseThrow().reveal());
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "0.0", "-0", "-0.0", "0e5", "0e-999999999", "0.000"})
  void an_expires_at_of_zero_is_a_wiped_login(String text) {
    Credential login = expiring(text);
    assertEquals(Optional.empty(), login.expiresAt());
    assertTrue(login.wiped());
  }

  @Test
  void empty_tokens_are_a_wiped_login() {
    assertTrue(login("{\"claudeAiOauth\":{\"accessToken\":\"\",\"refreshToken\":\"\"}}").wiped());
    assertTrue(login("{\"claudeAiOauth\":{\"refreshToken\":\"\",\"expiresAt\":9e12}}").wiped());
    assertTrue(login("{\"claudeAiOauth\":{\"accessToken\":\"\"}}").wiped());
  }

  @Test
  void a_long_lived_token_needs_no_refresh_token() {
    Credential login = login("{\"claudeAiOauth\":{\"accessToken\":\"a\",\"refreshToken\":\"\"}}");
    assertFalse(login.wiped());
    assertEquals(Optional.empty(), login.usableRefreshToken());
    assertEquals(Optional.empty(), login.fingerprint());
  }

  @Test
  void one_mebibyte_is_read_and_a_byte_more_is_not() {
    String head = "{\"claudeAiOauth\":{\"accessToken\":\"a\"},\"x\":\"";
    String tail = "\"}";
    String filling = "x".repeat(CredentialFormat.MAX_BYTES - head.length() - tail.length());
    login(head + filling + tail);
    assertTrue(noLogin(head + filling + "x" + tail).contains("1 MiB"));
  }

  @Test
  void no_message_holds_anything_of_the_file() {
    for (String text :
        List.of(
            SECRET,
            "{" + SECRET,
            "{\"" + SECRET,
            "{\"" + SECRET + "\"",
            "{\"claudeAiOauth\":{\"refreshToken\":\"" + SECRET,
            "{\"claudeAiOauth\":{\"refreshToken\":" + SECRET + "}}",
            "{\"claudeAiOauth\":{\"refreshToken\":\"" + SECRET + "\\q\"}}",
            "{\"claudeAiOauth\":{\"refreshToken\":\"" + SECRET + "\"}} " + SECRET,
            "{\"claudeAiOauth\":{\"refreshToken\":\"" + SECRET + "\",}}",
            "{\"claudeAiOauth\":{\"expiresAt\":1" + SECRET + "}}",
            "{\"claudeAiOauth\":\"" + SECRET + "\"}",
            "[\"" + SECRET + "\"]",
            "\uFEFF" + SECRET)) {
      String reason = noLogin(text);
      assertFalse(reason.contains("sk-ant") || reason.contains("XyZzY"), reason);
    }
  }

  @Test
  void printing_a_credential_shows_no_token() {
    Credential login =
        login(
            "{\"claudeAiOauth\":{\"accessToken\":\""
                + SECRET
                + "\",\"refreshToken\":\""
                + SECRET
                + "\"}}");
    assertFalse(login.toString().contains(SECRET), login.toString());
    assertFalse(
        read("{\"claudeAiOauth\":{\"accessToken\":\"" + SECRET + "\"}}")
            .toString()
            .contains(SECRET));
  }

  @Test
  void thousands_of_keys_with_colliding_names_never_throw() {
    StringBuilder json = new StringBuilder("{");
    for (int i = 0; i < 20_000; i++) {
      json.append("\"k").append(Integer.toString(i, 36)).append("\":0,");
    }
    read(json.append("\"claudeAiOauth\":{\"accessToken\":\"a\"}}").toString());
    login("{\"claudeAiOauth\":{\"accessToken\":\"a\"}}");
  }

  @Test
  void a_fingerprint_is_the_hash_of_the_tokens_utf_8() {
    assertEquals(
        "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
        Fingerprint.of(Secret.of("foo")).sha256());
  }
}
