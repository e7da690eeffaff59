package dev.credslots.accounts;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.credslots.accounts.Imported.ApiKey;
import dev.credslots.accounts.Imported.Broken;
import dev.credslots.accounts.Imported.Directory;
import dev.credslots.accounts.Imported.Login;
import dev.credslots.accounts.Imported.Token;
import dev.credslots.credential.ClaudeFormat;
import dev.credslots.credential.Credential;
import dev.credslots.credential.CredentialFormat.Reading;
import dev.credslots.testkit.FakeLogin;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files of other programs, as they write them. */
final class ImportFileTest {
  private static final Instant NOW = Instant.parse("2026-01-18T12:00:00Z");

  /** Shaped as OpenClaw writes it. */
  private static final String AUTH_PROFILES =
      """
      {"version": 1,
       "profiles": {
        "anthropic:default": {"type": "oauth", "provider": "anthropic",
          "access": "sk-ant-oat01-FAKE-a", "refresh": "sk-ant-ort01-FAKE-a",
          "expires": 1768752000000, "email": "ann@example.test"},
        "anthropic:setup": {"type": "token", "provider": "anthropic",
          "token": "sk-ant-oat01-FAKE-t", "expires": 1799999999000},
        "anthropic:key": {"type": "api_key", "provider": "anthropic", "key": "sk-ant-api03-FAKE-k"},
        "z.ai:glm": {"type": "api_key", "provider": "z.ai", "key": "FAKE-z"},
        "anthropic:broken": {"type": "oauth", "provider": "anthropic", "access": 7},
        "anthropic:odd": "sk-ant-oat01-FAKE-odd",
        "anthropic:new": {"type": "certificate", "pem": "FAKE-pem"},
        "sk-ant-oat01-FAKE-key": {"type": "token", "provider": "anthropic"},
        "google:me": {"type": "oauth", "provider": "google-gemini-cli", "access": "FAKE-g"},
        "openai:x": {"type": "api_key", "provider": "openai", "key": "FAKE-o"}},
       "order": {"anthropic": ["anthropic:setup", "anthropic:default", "anthropic:gone"]},
       "lastGood": {"anthropic": "anthropic:default"},
       "usageStats": {"anthropic:default": {"lastUsed": 1768730000000,
          "cooldownUntil": 1768740000000, "errorCount": 2,
          "failureCounts": {"rate_limit": 2, "overloaded": 1}, "lastFailureAt": 1768736400000}}}
      """;

  private static ImportFile read(String text) {
    return assertInstanceOf(ImportFile.Reading.Understood.class, reading(text)).file();
  }

  private static ImportFile.Reading reading(String text) {
    return ImportFile.read(text.getBytes(UTF_8), Optional.empty(), NOW);
  }

  private static Imported entry(ImportFile file, String id) {
    return file.entries().stream().filter(one -> one.id().equals(id)).findFirst().orElseThrow();
  }

  private static Credential claude(Login login) {
    Reading reading = new ClaudeFormat().read(login.file().reveal().getBytes(UTF_8));
    return assertInstanceOf(Reading.Login.class, reading).credential();
  }

  @Test
  void auth_profiles_become_logins_tokens_and_keys() {
    ImportFile file = read(AUTH_PROFILES);
    assertEquals(ImportKind.AUTH_PROFILES, file.kind());

    Login login = assertInstanceOf(Login.class, entry(file, "anthropic:default"));
    assertEquals("claude", login.provider());
    assertEquals("ann", login.name());
    Credential credential = claude(login);
    assertEquals("sk-ant-oat01-FAKE-a", credential.accessToken().orElseThrow().reveal());
    assertEquals("sk-ant-ort01-FAKE-a", credential.refreshToken().orElseThrow().reveal());
    assertEquals(Optional.of(Instant.ofEpochMilli(1768752000000L)), credential.expiresAt());
    assertTrue(credential.scopes().contains("user:inference"));

    Token token = assertInstanceOf(Token.class, entry(file, "anthropic:setup"));
    assertEquals("sk-ant-oat01-FAKE-t", token.token().reveal());
    assertEquals(Optional.of(Instant.ofEpochMilli(1799999999000L)), token.expiresAt());
    assertEquals("claude", token.name());

    ApiKey key = assertInstanceOf(ApiKey.class, entry(file, "anthropic:key"));
    assertEquals("sk-ant-api03-FAKE-k", key.key().reveal());
    assertEquals("key", key.name());
    assertEquals(Optional.empty(), key.baseUrl());
    ApiKey zai = assertInstanceOf(ApiKey.class, entry(file, "z.ai:glm"));
    assertEquals("zai", zai.provider());
    assertEquals(Optional.of("https://api.z.ai/api/anthropic"), zai.baseUrl());
  }

  @Test
  void an_entry_that_is_not_as_it_must_be_is_named_and_spoils_no_other() {
    ImportFile file = read(AUTH_PROFILES);
    assertEquals(10, file.entries().size());
    assertEquals(
        Map.of(
            "anthropic:broken", "has neither access nor refresh token",
            "anthropic:odd", "is not an object",
            "anthropic:new", "has a 'type' that is none of oauth, token and api_key",
            "entry 8", "has no token",
            "google:me", "is a login of google-gemini-cli, whose files slots does not know",
            "openai:x", "is a key of openai, of which there are no profiles"),
        file.entries().stream()
            .filter(Broken.class::isInstance)
            .map(Broken.class::cast)
            .collect(java.util.stream.Collectors.toMap(Broken::id, Broken::reason)));
    assertFalse(file.toString().contains("FAKE"), file::toString);
  }

  @Test
  void order_and_usage_come_with_the_profiles() {
    ImportFile file = read(AUTH_PROFILES);
    assertEquals(Map.of("claude", List.of("anthropic:setup", "anthropic:default")), file.order());
    assertEquals(
        Map.of(
            "anthropic:default",
            new Usage(
                Optional.of(Instant.ofEpochMilli(1768730000000L)),
                Optional.of(Instant.ofEpochMilli(1768740000000L)),
                Optional.empty(),
                Map.of(Outcome.RATE_LIMIT, 2),
                2,
                Optional.of(Instant.ofEpochMilli(1768736400000L)))),
        file.usage());
  }

  @Test
  void a_clients_own_file_is_taken_as_it_is() {
    String claude = new String(FakeLogin.of("bob").credentialJson(), UTF_8);
    ImportFile file = read(claude);
    assertEquals(ImportKind.CLAUDE, file.kind());
    assertEquals(claude, assertInstanceOf(Login.class, file.entries().get(0)).file().reveal());

    String codex = "{\"OPENAI_API_KEY\":null,\n \"tokens\": {\"access_token\":\"FAKE\"}}\n";
    ImportFile other = read(codex);
    assertEquals(ImportKind.CODEX, other.kind());
    Login login = assertInstanceOf(Login.class, other.entries().get(0));
    assertEquals("codex", login.provider());
    assertEquals(codex, login.file().reveal());
  }

  @Test
  void an_older_oauth_file_has_logins_by_provider() {
    String access = jwt("{\"iat\":1768700000,\"exp\":1769000000}");
    ImportFile file =
        read(
            "{\"anthropic\":{\"access\":\"sk-ant-oat01-FAKE-1\",\"refresh\":\"r\",\"expires\":1},"
                + "\"openai-codex\":{\"access\":\""
                + access
                + "\",\"refresh\":\"FAKE-r\",\"accountId\":\"acc-1\"},"
                + "\"chutes\":{\"access\":\"FAKE-c\"},\"note\":\"FAKE\"}");
    assertEquals(ImportKind.OAUTH, file.kind());
    Login claude = assertInstanceOf(Login.class, entry(file, "anthropic:default"));
    assertEquals("claude", claude.name());
    Login codex = assertInstanceOf(Login.class, entry(file, "openai-codex:default"));
    assertEquals("codex", codex.name());
    assertEquals(
        "{\"auth_mode\":\"chatgpt\",\"OPENAI_API_KEY\":null,\"tokens\":{\"id_token\":\""
            + access
            + "\",\"access_token\":\""
            + access
            + "\",\"refresh_token\":\"FAKE-r\",\"account_id\":\"acc-1\"},"
            + "\"last_refresh\":\"2026-01-18T01:33:20Z\"}\n",
        codex.file().reveal());
    assertInstanceOf(Broken.class, entry(file, "chutes:default"));
    assertInstanceOf(Broken.class, entry(file, "note:default"));
  }

  /** Codex names the account in every request, and looks for it beside the tokens. */
  @Test
  void the_account_of_a_codex_login_is_in_its_token() {
    String access =
        jwt("{\"https://api.openai.com/auth\":{\"chatgpt_account_id\":\"acc-2\"},\"exp\":1}");
    for (String idToken : new String[] {"", "\"idToken\":\"\",", "\"idToken\":\"no JWT\","}) {
      ImportFile file = read("{\"codex\":{" + idToken + "\"access\":\"" + access + "\"}}");
      String codex = assertInstanceOf(Login.class, file.entries().get(0)).file().reveal();
      assertTrue(codex.contains("\"account_id\":\"acc-2\""), codex);
      assertTrue(codex.contains("\"id_token\":\"" + access + "\""), codex);
    }
  }

  @Test
  void an_id_token_that_is_there_is_taken() {
    String access = jwt("{\"exp\":1}");
    String id = jwt("{\"https://api.openai.com/auth\":{\"chatgpt_account_id\":\"acc-3\"}}");
    ImportFile file =
        read("{\"codex\":{\"idToken\":\"" + id + "\",\"access\":\"" + access + "\"}}");
    String codex = assertInstanceOf(Login.class, file.entries().get(0)).file().reveal();
    assertTrue(codex.contains("\"id_token\":\"" + id + "\""), codex);
    assertTrue(codex.contains("\"account_id\":\"acc-3\""), codex);
  }

  @ParameterizedTest
  @ValueSource(strings = {"opaque", "FAKE.eyJhIjoxfQ.", ".eyJhIjoxfQ.FAKE", "F.eyJhIjoxfQ==.F"})
  void a_codex_login_whose_token_codex_could_not_read_is_none(String access) {
    ImportFile file = read("{\"codex\":{\"access\":\"" + access + "\",\"refresh\":\"FAKE-r\"}}");
    assertEquals(
        "has no access token that Codex could read",
        assertInstanceOf(Broken.class, file.entries().get(0)).reason());
  }

  @Test
  void claudetms_profiles_become_keys_and_directories() {
    ImportFile file =
        read(
            "{\"active\":\"glm\",\"profiles\":{"
                + "\"work\":{\"name\":\"work\",\"type\":\"oauth\",\"config_dir\":\"~/p/work\"},"
                + "\"glm\":{\"type\":\"api-key\",\"api_key\":\"FAKE-glm\","
                + "\"base_url\":\"https://glm.example/v1\",\"models\":{\"opus\":\"glm-5\"}},"
                + "\"bad\":{\"type\":\"oauth\"},\"work\\n\":{\"type\":\"api-key\"}}}");
    assertEquals(ImportKind.CLAUDETM, file.kind());
    assertEquals(Optional.of("glm"), file.active());
    Directory work = assertInstanceOf(Directory.class, entry(file, "work"));
    assertEquals("~/p/work", work.directory());
    ApiKey glm = assertInstanceOf(ApiKey.class, entry(file, "glm"));
    assertEquals(Optional.of("https://glm.example/v1"), glm.baseUrl());
    assertEquals("FAKE-glm", glm.key().reveal());
    assertEquals("has no config_dir", ((Broken) entry(file, "bad")).reason());
    assertEquals("has no key", ((Broken) entry(file, "entry 4")).reason());
  }

  @ParameterizedTest(name = "{0} of {1} is {2}")
  @CsvSource({
    "anthropic:default,     ann@example.test, ann",
    "anthropic:default,     '',               claude",
    "anthropic:work,        ann@example.test, work",
    "anthropic:b@x.test,    '',               b",
    "anthropic:My login!,   '',               My-login",
    "anthropic:..,          '',               claude",
    "anthropic:tmp1,        '',               claude",
    "anthropic:a.lock,      '',               claude",
    "anthropic:sk-ant-x,    '',               claude",
    "anthropic:desk-1,      '',               desk-1",
    "plain,                 '',               plain",
  })
  void names_come_from_the_key_or_the_address(String key, String email, String name) {
    ImportFile file =
        read(
            "{\"version\":1,\"profiles\":{\""
                + key
                + "\":{\"type\":\"oauth\",\"provider\":\"anthropic\",\"refresh\":\"r\",\"email\":\""
                + email
                + "\"}}}");
    assertEquals(name, assertInstanceOf(Login.class, file.entries().get(0)).name());
  }

  @ParameterizedTest(name = "[{0}]")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "``                                 | is not one JSON object",
        "[]                                 | is not one JSON object",
        "{} {}                              | is not one JSON object",
        "{\"claudeAiOauth\":{}              | is not one JSON object",
        "{\"a\":1,\"a\":2}                  | is not one JSON object",
        "{}                                 | is of no program",
        "{\"a\":{\"b\":1}}                  | is of no program",
        "{\"version\":2,\"profiles\":{}}    | is no auth-profiles.json of version 1",
        "{\"version\":\"1\",\"profiles\":{}}| is no auth-profiles.json of version 1",
      })
  void what_nobody_knows_is_said_to_be_unknown(String text, String reason) {
    ImportFile.Reading.Unknown unknown =
        assertInstanceOf(ImportFile.Reading.Unknown.class, reading(text));
    assertTrue(unknown.reason().startsWith(reason), unknown.reason());
  }

  @Test
  void what_it_is_can_be_said() {
    byte[] bytes = "{\"zai\":{\"token\":\"x\"}}".getBytes(UTF_8);
    assertInstanceOf(
        ImportFile.Reading.Understood.class,
        ImportFile.read(bytes, Optional.of(ImportKind.OAUTH), NOW));
    assertInstanceOf(
        ImportFile.Reading.Unknown.class,
        ImportFile.read(bytes, Optional.of(ImportKind.CLAUDETM), NOW));
    assertEquals(Optional.of(ImportKind.AUTH_PROFILES), ImportKind.of("auth-profiles"));
  }

  private static String jwt(String payload) {
    Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
    return base64.encodeToString("{\"alg\":\"none\"}".getBytes(UTF_8))
        + "."
        + base64.encodeToString(payload.getBytes(UTF_8))
        + ".FAKE";
  }
}
