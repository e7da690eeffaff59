package dev.credslots.credential;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.credslots.credential.CredentialFormat.Reading;
import dev.credslots.testkit.FakeClient;
import dev.credslots.testkit.FakeLogin;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CodexFormatTest {
  private static final CodexFormat FORMAT = new CodexFormat();
  private static final Instant NOW = Instant.parse("2026-01-18T12:00:00Z");
  private static final String SECRET = "FAKE-XyZzY";

  private static String jwt(String payload) {
    return "FAKE."
        + Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(payload.getBytes(StandardCharsets.UTF_8))
        + ".FAKE";
  }

  private static Reading read(String json) {
    return FORMAT.read(json.getBytes(StandardCharsets.UTF_8));
  }

  private static Credential login(String json) {
    return assertInstanceOf(Reading.Login.class, read(json)).credential();
  }

  private static String tokens(String access, String id) {
    return "{\"tokens\":{\"id_token\":\""
        + id
        + "\",\"access_token\":\""
        + access
        + "\",\"refresh_token\":\"rt_FAKE\",\"account_id\":\"beside\"}}";
  }

  @Test
  void a_file_as_the_client_writes_it() {
    FakeLogin bob =
        FakeLogin.builder("bob")
            .client(FakeClient.CODEX)
            .expiresAt(NOW.plus(Duration.ofDays(10)))
            .build();
    Credential login =
        assertInstanceOf(Reading.Login.class, FORMAT.read(bob.credentialJson())).credential();
    assertEquals(bob.accessToken(), login.accessToken().orElseThrow().reveal());
    assertEquals(bob.refreshToken(), login.refreshToken().orElseThrow().reveal());
    assertEquals(Optional.of(NOW.plus(Duration.ofDays(10))), login.expiresAt());
    assertEquals(Optional.empty(), login.loginExpiresAt());
    assertEquals(Optional.of("plus"), login.subscriptionType());
    AccountId account = login.account().orElseThrow();
    assertEquals(bob.accountUuid().toString(), account.accountUuid());
    assertEquals(Optional.of("user-FAKE-bob"), account.organizationUuid());
    assertEquals(Optional.of(bob.email()), account.emailAddress());
    assertFalse(login.wiped());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "[]",
        "null",
        "{}",
        "{\"tokens\":null}",
        "{\"tokens\":{}}",
        "{\"tokens\":\"x\"}",
        "{\"tokens\":{\"id_token\":\"x\",\"account_id\":\"y\"}}",
        "{\"tokens\":{\"access_token\":1,\"refresh_token\":[\"r\"]}}",
        "{\"OPENAI_API_KEY\":null}",
        "{\"OPENAI_API_KEY\":\"\"}",
        "{\"auth_mode\":\"apikey\"}",
        "{\"tokens\":{\"access_token\":\"a\"}",
        "{\"tokens\":{\"access_token\":\"a\"}} x",
        "{\"tokens\":{\"access_token\":\"a\",}}",
      })
  void what_is_no_login_is_said_in_a_sentence(String text) {
    assertFalse(assertInstanceOf(Reading.NoLogin.class, read(text)).reason().isBlank());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"exp\":1768737600} | 2026-01-18T12:00:00Z",
        "{\"exp\":1768737600.5} | 2026-01-18T12:00:00.500Z",
        "{\"exp\":0} |",
        "{\"exp\":-1} |",
        "{\"exp\":\"1768737600\"} |",
        "{\"exp\":1e400} |",
        "{\"exp\":null} |",
        "{} |",
        "[] |",
        "{\"exp\":1768737600 |",
      })
  void the_end_is_the_access_tokens(String payload, Instant end) {
    Credential login = login(tokens(jwt(payload), "no JWT"));
    assertEquals(Optional.ofNullable(end), login.expiresAt());
    Instant later = NOW.plusSeconds(1);
    assertEquals(SlotState.REFRESHABLE, SlotState.of(login, later, Duration.ofMinutes(5)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "a.b", "a.b.c", "..", "a.!!.c", "a.e30.c.d", "a.eyB9FAKE.c"})
  void a_token_that_is_no_jwt_can_be_renewed(String token) {
    Credential login = login(tokens(token, token));
    assertEquals(Optional.empty(), login.expiresAt());
    assertEquals(SlotState.REFRESHABLE, SlotState.of(login, NOW, Duration.ZERO));
    assertEquals("beside", login.account().orElseThrow().accountUuid());
  }

  @Test
  void the_id_token_is_stronger_than_the_account_beside_it() {
    String auth = "{\"https://api.openai.com/auth\":{\"chatgpt_account_id\":\"inside\"}}";
    assertEquals("inside", login(tokens("a", jwt(auth))).account().orElseThrow().accountUuid());
    assertEquals(
        Optional.empty(),
        login("{\"tokens\":{\"refresh_token\":\"r\",\"account_id\":\" \"}}").account());
  }

  @Test
  void an_api_key_is_endless_and_told_from_others() {
    Credential key = login("{\"auth_mode\":\"apikey\",\"OPENAI_API_KEY\":\"sk-FAKE-1\"}");
    assertTrue(key.endless());
    assertEquals(SlotState.FRESH, SlotState.of(key, NOW, Duration.ofDays(9999)));
    assertEquals(Optional.empty(), key.usableRefreshToken());
    Credential other = login("{\"OPENAI_API_KEY\":\"sk-FAKE-2\",\"tokens\":null}");
    assertTrue(other.account().orElseThrow().differsFrom(key.account().orElseThrow()));
    assertFalse(key.account().toString().contains("sk-FAKE"), key::toString);
  }

  @Test
  void tokens_beside_an_api_key_are_not_lost_sight_of() {
    String both = "\"OPENAI_API_KEY\":\"sk-FAKE-1\",\"tokens\":{\"refresh_token\":\"r\"}}";
    assertFalse(login("{" + both).endless());
    assertFalse(login("{\"auth_mode\":\"chatgpt\"," + both).endless());
    assertTrue(login("{\"auth_mode\":\"apikey\"," + both).endless());
  }

  private static Renewal renewal(String access, String refresh, Optional<Secret> id) {
    return new Renewal(
        Optional.of(Secret.of(access)),
        Optional.of(Secret.of(refresh)),
        Optional.of(NOW),
        Optional.of(NOW),
        List.of("openid"),
        id,
        Optional.of(NOW.plusNanos(123_456_000)));
  }

  @Test
  void a_renewal_changes_four_values_and_not_a_byte_beside_them() throws Exception {
    String file =
        "{ \"auth_mode\" : \"chatgpt\",\r\n\t\"OPENAI_API_KEY\": null, \"tokens\": {\n"
            + "  \"id_token\":\"i1\" ,\"access_token\": \"a1\",\"refresh_token\": \"r1\",\n"
            + "  \"account_id\": \"\\u00e9\", \"x\": 1.0e0 },\"last_refresh\":\"then\","
            + " \"agent\": {\"id_token\": \"i1\"}\n}\n";
    byte[] renewed =
        FORMAT.renewed(
            file.getBytes(StandardCharsets.UTF_8),
            renewal("a2", "r2", Optional.of(Secret.of("i2"))));
    assertEquals(
        file.replaceFirst("\"i1\"", "\"i2\"")
            .replace("\"a1\"", "\"a2\"")
            .replace("\"r1\"", "\"r2\"")
            .replace("\"then\"", "\"2026-01-18T12:00:00.123456Z\""),
        new String(renewed, StandardCharsets.UTF_8));
  }

  @Test
  void a_file_comes_out_of_a_renewal_to_what_it_says_already_as_it_went_in() throws Exception {
    FakeLogin bob = FakeLogin.builder("bob").client(FakeClient.CODEX).now(NOW).build();
    Renewal same =
        new Renewal(
            Optional.of(Secret.of(bob.accessToken())),
            Optional.of(Secret.of(bob.refreshToken())),
            Optional.empty(),
            Optional.empty(),
            List.of(),
            Optional.of(Secret.of(bob.idToken())),
            Optional.empty());
    assertArrayEquals(bob.credentialJson(), FORMAT.renewed(bob.credentialJson(), same));
  }

  @Test
  void a_renewal_makes_a_login_of_nothing() throws Exception {
    byte[] file =
        FORMAT.renewed(
            "{}".getBytes(StandardCharsets.UTF_8), renewal("a2", "r2", Optional.empty()));
    Credential login = assertInstanceOf(Reading.Login.class, FORMAT.read(file)).credential();
    assertEquals("r2", login.refreshToken().orElseThrow().reveal());
  }

  @Test
  void an_access_token_that_stands_for_an_id_token_says_whose_it_is() {
    String access =
        jwt(
            "{\"https://api.openai.com/profile\":{\"email\":\"a@example.test\"},"
                + "\"https://api.openai.com/auth\":{\"chatgpt_account_id\":\"work\"}}");
    AccountId account = login(tokens(access, access)).account().orElseThrow();
    assertEquals("work", account.accountUuid());
    assertEquals(Optional.of("a@example.test"), account.emailAddress());
  }

  @Test
  void damage_anywhere_never_throws_and_is_never_quoted() {
    byte[] whole = FakeLogin.builder("bob").client(FakeClient.CODEX).build().credentialJson();
    Random random = new Random(4711);
    for (int i = 0; i < 10_000; i++) {
      byte[] bytes =
          i % 3 == 0 ? Arrays.copyOf(whole, random.nextInt(whole.length)) : whole.clone();
      if (bytes.length > 0) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      if (FORMAT.read(bytes) instanceof Reading.NoLogin none) {
        assertFalse(none.reason().contains("FAKE"), none.reason());
      }
    }
    for (String text :
        List.of(
            SECRET,
            "{" + SECRET,
            "{\"tokens\":{\"access_token\":\"" + SECRET + "\\q\"}}",
            "{\"tokens\":{\"access_token\":" + SECRET + "}}",
            "{\"OPENAI_API_KEY\":" + SECRET + "}")) {
      String reason = assertInstanceOf(Reading.NoLogin.class, read(text)).reason();
      assertFalse(reason.contains("XyZzY"), reason);
    }
  }

  @Test
  void printing_a_login_shows_no_token() {
    String shown =
        login(tokens(jwt("{\"jti\":\"x\"}"), jwt("{\"email\":\"bob@example.test\"}"))).toString();
    assertFalse(shown.contains("rt_FAKE") || shown.contains(".FAKE"), shown);
  }
}
