package dev.credslots.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class FakeLoginTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  @Test
  void a_token_names_its_account_and_number() {
    for (String account : List.of("bob", "bob-2", "a.b_c@example.test", "7", "x-7-deadbeef")) {
      FakeLogin login = FakeLogin.builder(account).firstSequence(41).build().rotate();
      for (String token : List.of(login.accessToken(), login.refreshToken())) {
        assertEquals(Optional.of(account), FakeLogin.accountOf(token));
        assertEquals(OptionalLong.of(42), FakeLogin.sequenceOf(token));
      }
    }
  }

  @Test
  void other_text_names_nobody() {
    for (String text : List.of("", "bob", "sk-ant-ort01-UNFAKED-token", "sk-ant-ort01-FAKE-")) {
      assertTrue(FakeLogin.accountOf(text).isEmpty(), text);
      assertTrue(FakeLogin.sequenceOf(text).isEmpty(), text);
    }
  }

  @Test
  void a_rotation_changes_the_tokens_and_keeps_the_marker() {
    FakeLogin first = FakeLogin.of("bob");
    FakeLogin second = first.rotate();
    assertNotEquals(first.refreshToken(), second.refreshToken());
    assertEquals(first.refreshTokenExpiresAt(), second.refreshTokenExpiresAt());
    assertTrue(second.expiresAt().isAfter(first.expiresAt()));
  }

  @Test
  void a_new_login_changes_the_marker_too() {
    FakeLogin first = FakeLogin.of("bob");
    assertNotEquals(first.refreshTokenExpiresAt(), first.login().refreshTokenExpiresAt());
  }

  @Test
  void generations_of_one_login_never_share_a_token() {
    FakeLogin first = FakeLogin.of("bob");
    assertNotEquals(first.rotate().refreshToken(), first.rotate().refreshToken());
  }

  @Test
  void the_same_seed_makes_the_same_tokens() {
    assertEquals(
        FakeLogin.builder("bob").seed(3).build().refreshToken(),
        FakeLogin.builder("bob").seed(3).build().refreshToken());
    assertNotEquals(
        FakeLogin.builder("bob").seed(3).build().refreshToken(),
        FakeLogin.builder("bob").seed(4).build().refreshToken());
  }

  @Test
  void a_credential_has_the_clients_shape() {
    FakeLogin login = FakeLogin.builder("bob").now(NOW).build();
    Map<String, Object> oauth = oauth(login.credentialJson());
    assertEquals(
        List.of(
            "accessToken",
            "refreshToken",
            "expiresAt",
            "refreshTokenExpiresAt",
            "scopes",
            "subscriptionType",
            "rateLimitTier"),
        List.copyOf(oauth.keySet()));
    assertEquals(
        BigInteger.valueOf(NOW.plusSeconds(8 * 3600).toEpochMilli()), oauth.get("expiresAt"));
  }

  @Test
  void keys_can_be_absent_odd_or_beside_the_login() {
    FakeLogin login = FakeLogin.of("bob");
    assertFalse(oauth(login.without("expiresAt").credentialJson()).containsKey("expiresAt"));
    assertEquals(
        "soon", oauth(login.withRaw("expiresAt", "\"soon\"").credentialJson()).get("expiresAt"));
    String text =
        new String(
            login
                .withRaw("expiresAt", "1e308")
                .withSibling("mcpOAuth", "{\"a\":1}")
                .credentialJson(),
            StandardCharsets.UTF_8);
    assertTrue(text.contains("\"expiresAt\":1e308"), text);
    assertTrue(text.endsWith("\"mcpOAuth\":{\"a\":1}}"), text);
  }

  @Test
  void a_wiped_credential_has_no_token() {
    Map<String, Object> oauth = oauth(FakeLogin.of("bob").wipedJson());
    assertEquals("", oauth.get("accessToken"));
    assertEquals("", oauth.get("refreshToken"));
    assertEquals(BigInteger.ZERO, oauth.get("expiresAt"));
  }

  private static Map<String, Object> oauth(byte[] credential) {
    return Json.object(credential)
        .flatMap(file -> Json.objectAt(file, "claudeAiOauth"))
        .orElseThrow();
  }
}
