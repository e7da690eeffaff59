package dev.credslots.credential;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.credslots.credential.CredentialFormat.Reading;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CustomFormatTest {
  private static final Instant NOW = Instant.parse("2026-01-18T12:00:00Z");

  private static CustomFormat.Builder gemini() {
    return CustomFormat.of("gemini")
        .liveName("oauth_creds.json")
        .pointer("accessToken", "/access_token")
        .pointer("refreshToken", "/refresh_token")
        .pointer("idToken", "/id_token")
        .pointer("expiresAt", "/expiry_date");
  }

  private static Reading read(CustomFormat format, String json) {
    return format.read(json.getBytes(StandardCharsets.UTF_8));
  }

  private static Credential login(CustomFormat format, String json) {
    return assertInstanceOf(Reading.Login.class, read(format, json)).credential();
  }

  private static Renewal renewal() {
    return new Renewal(
        Optional.of(Secret.of("a2")),
        Optional.of(Secret.of("r2")),
        Optional.of(NOW),
        Optional.empty(),
        List.of());
  }

  private static String renewed(CustomFormat format, String json) throws Exception {
    return new String(
        format.renewed(json.getBytes(StandardCharsets.UTF_8), renewal()), StandardCharsets.UTF_8);
  }

  @Test
  void geminis_file_is_read() {
    String id =
        "FAKE."
            + Base64.getUrlEncoder()
                .encodeToString(
                    "{\"sub\":\"1098\",\"email\":\"bob@example.test\"}"
                        .getBytes(StandardCharsets.UTF_8))
            + ".FAKE";
    Credential login =
        login(
            gemini().build(),
            "{\"access_token\":\"ya29.FAKE\",\"refresh_token\":\"1//FAKE\",\"scope\":\"openid\","
                + "\"token_type\":\"Bearer\",\"id_token\":\""
                + id
                + "\",\"expiry_date\":1768737600000}");
    assertEquals("ya29.FAKE", login.accessToken().orElseThrow().reveal());
    assertEquals("1//FAKE", login.refreshToken().orElseThrow().reveal());
    assertEquals(Optional.of(NOW), login.expiresAt());
    assertEquals(
        new AccountId("1098", Optional.empty(), Optional.of("bob@example.test")),
        login.account().orElseThrow());
    assertEquals(SlotState.REFRESHABLE, SlotState.of(login, NOW, Duration.ZERO));
  }

  @ParameterizedTest
  @CsvSource({
    "1768737600000, 1768737600000",
    "1768737600, 1768737600",
    "0, 1768737600000",
    "'\"2026-01-01T00:00:00+01:00\"', '\"2026-01-18T12:00:00Z\"'",
    "null, 1768737600000",
  })
  void a_renewal_writes_the_end_as_the_file_has_it(String before, String after) throws Exception {
    String file =
        "{\"expiry_date\": %s, \"refresh_token\" :\"r1\",\"x\": [1.0],\n\"access_token\":\"a1\"}";
    assertEquals(
        file.formatted(after).replace("r1", "r2").replace("a1", "a2"),
        renewed(gemini().build(), file.formatted(before)));
  }

  @Test
  void a_text_may_be_an_end_and_an_account() {
    CustomFormat format =
        CustomFormat.of("x")
            .liveName("x.json")
            .pointer("accessToken", "/a~1b/~0/token")
            .pointer("expiresAt", "/end")
            .pointer("loginExpiresAt", "/login")
            .pointer("account", "/who")
            .build();
    Credential login =
        login(
            format,
            "{\"a/b\":{\"~\":{\"token\":\"t\"}},\"end\":\"2026-01-18T13:00:00+01:00\","
                + "\"login\":1768737600,\"who\":\"bob\"}");
    assertEquals(Optional.of(NOW), login.expiresAt());
    assertEquals(Optional.of(NOW), login.loginExpiresAt());
    assertEquals("bob", login.account().orElseThrow().accountUuid());
    assertFalse(login.endless());
  }

  @Test
  void an_address_may_be_an_account() {
    CustomFormat format =
        CustomFormat.of("x")
            .liveName("x.json")
            .pointer("accessToken", "/token")
            .pointer("account", "/who")
            .build();
    String address = "bob.smith@mail.example.test";
    Credential login = login(format, "{\"token\":\"t\",\"who\":\"" + address + "\"}");
    assertEquals(address, login.account().orElseThrow().accountUuid());
  }

  @Test
  void no_token_gets_into_the_place_of_an_account() {
    CustomFormat format =
        CustomFormat.of("x")
            .liveName("x.json")
            .pointer("accessToken", "/token")
            .pointer("account", "/who")
            .build();
    for (String token : List.of("a.b.c", "x".repeat(101), " ")) {
      assertEquals(
          Optional.empty(), login(format, "{\"token\":\"t\",\"who\":\"" + token + "\"}").account());
    }
    assertEquals(
        Optional.empty(),
        login(gemini().build(), "{\"access_token\":\"a\",\"id_token\":\"FAKE\"}").account());
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> gemini().pointer("account", "/refresh_token").build());
    assertTrue(String.valueOf(e.getMessage()).startsWith("'account'"), e::getMessage);
  }

  @Test
  void a_token_that_nothing_ends_or_renews_is_endless() {
    CustomFormat format =
        CustomFormat.of("x").liveName("x.json").pointer("accessToken", "/token").build();
    assertTrue(login(format, "{\"token\":\"t\"}").endless());
    assertTrue(login(format, "{\"token\":\"\"}").wiped());
    assertTrue(login(gemini().build(), "{\"access_token\":\"a\",\"expiry_date\":0}").wiped());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "{", "[]", "{}", "{\"access_token\":{}}", "{\"access_token\":\"a\"} x"})
  void what_is_no_login_is_said_in_a_sentence(String text) {
    Reading.NoLogin none = assertInstanceOf(Reading.NoLogin.class, read(gemini().build(), text));
    assertFalse(none.reason().isBlank());
  }

  @Test
  void what_is_not_the_logins_follows_the_link() throws Exception {
    CustomFormat format =
        gemini()
            .loginKeys(List.of("access_token", "refresh_token", "id_token", "expiry_date"))
            .build();
    byte[] file =
        "{\"access_token\":\"a\",\"theme\":\"dark\",\"mcp\":{}}".getBytes(StandardCharsets.UTF_8);
    assertEquals(List.of("theme", "mcp"), format.sharedKeys(file));
    assertEquals(List.of(), gemini().build().sharedKeys(file));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "access_token", "/", "/a/~", "/~2"})
  void a_pointer_that_is_none_is_named(String pointer) {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class, () -> gemini().pointer("refreshToken", pointer));
    assertTrue(String.valueOf(e.getMessage()).contains("'refreshToken'"), e::getMessage);
  }

  @Test
  void what_is_missing_or_would_be_shared_is_named() {
    for (CustomFormat.Builder builder :
        List.of(
            CustomFormat.of("x").pointer("accessToken", "/a"),
            CustomFormat.of("x").liveName("x.json"),
            gemini().loginKeys(List.of("access_token", "id_token", "expiry_date")))) {
      IllegalArgumentException e = assertThrows(IllegalArgumentException.class, builder::build);
      assertTrue(
          String.valueOf(e.getMessage()).matches(".*'(liveName|accessToken|loginKeys)'.*"),
          e::getMessage);
    }
    assertThrows(IllegalArgumentException.class, () -> gemini().pointer("acount", "/x"));
  }
}
