package dev.credslots.oauth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProviderTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://platform.claude.com/v1/oauth/token",
        "HTTPS://example.org:8443/token?tenant=1",
        "http://localhost:1/token",
        "http://LOCALHOST/token",
        "http://127.0.0.1:8080/token",
        "http://127.9.9.9/token",
        "http://[::1]:8080/token",
      })
  void token_url_that_shows_the_token_to_nobody(String url) {
    assertEquals(URI.create(url), Provider.CLAUDE.withTokenUrl(URI.create(url)).tokenUrl());
  }

  @ParameterizedTest
  @CsvSource({
    "http://example.org/token,               'http on this machine'",
    "http://localhost.example.org/token,     'http on this machine'",
    "http://127.0.0.1.example.org/token,     'http on this machine'",
    "http://0.0.0.0/token,                   'http on this machine'",
    "ftp://example.org/token,                'must be https'",
    "https://bob:canary@example.org/token,   'user or a password'",
    "https://bob:canary@exa_mple.org/token,  'user or a password'",
    "http://localhost@example.org/token,     'user or a password'",
    "/token,                                 'scheme and a host'",
    "https:token,                            'scheme and a host'",
    "https://exa_mple.org/token,             'scheme and a host'",
    "file:///etc/passwd,                     'scheme and a host'",
    "https://example.org/token#canary,       'fragment'",
    "https://example.org:99999/token,        'port'",
  })
  void token_url_that_is_refused(String url, String sentence) {
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class, () -> Provider.CLAUDE.withTokenUrl(URI.create(url)));
    assertTrue(refused.getMessage().contains(sentence), refused.getMessage());
    assertFalse(refused.getMessage().contains("canary"), refused.getMessage());
  }

  @Test
  void environment_is_about_claude() {
    Map<String, String> environment =
        Map.of(
            "CLAUDE_OAUTH_TOKEN_URL", "http://127.0.0.1:9/token",
            "CLAUDE_OAUTH_CLIENT_ID", "mine");
    Provider claude = Provider.CLAUDE.overriddenBy(environment);
    assertEquals(URI.create("http://127.0.0.1:9/token"), claude.tokenUrl());
    assertEquals("mine", claude.clientId());
    assertEquals(Provider.CLAUDE.scopes(), claude.scopes());
    assertSame(Provider.CODEX, Provider.CODEX.overriddenBy(environment));
  }

  @Test
  void codexs_own_variable_is_heeded_for_codex() {
    Map<String, String> environment =
        Map.of("CODEX_REFRESH_TOKEN_URL_OVERRIDE", "http://127.0.0.1:7/token");
    assertEquals(
        URI.create("http://127.0.0.1:7/token"),
        Provider.CODEX.overriddenBy(environment).tokenUrl());
    assertSame(Provider.CLAUDE, Provider.CLAUDE.overriddenBy(environment));
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                Provider.CODEX.overriddenBy(
                    Map.of("CODEX_REFRESH_TOKEN_URL_OVERRIDE", "http://example.org/")));
    assertTrue(String.valueOf(refused.getMessage()).startsWith("CODEX_"), refused::getMessage);
  }

  @Test
  void empty_variable_is_none() {
    Map<String, String> environment =
        Map.of("CLAUDE_OAUTH_TOKEN_URL", "", "CLAUDE_OAUTH_CLIENT_ID", "");
    assertEquals(Provider.CLAUDE, Provider.CLAUDE.overriddenBy(environment));
    assertEquals(Provider.CLAUDE, Provider.CLAUDE.overriddenBy(Map.of()));
  }

  @ParameterizedTest
  @CsvSource({
    "CLAUDE_OAUTH_TOKEN_URL, http://example.org/",
    "CLAUDE_OAUTH_TOKEN_URL, 'https://bob:canary@exa mple/'",
    "CLAUDE_OAUTH_TOKEN_URL, ' '",
    "CLAUDE_OAUTH_CLIENT_ID, 'a\u00e9'",
  })
  void variable_that_cannot_be_used_is_named(String name, String value) {
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> Provider.CLAUDE.overriddenBy(Map.of(name, value)));
    assertTrue(refused.getMessage().startsWith(name + ": "), refused.getMessage());
    assertFalse(refused.toString().contains("canary"));
    assertFalse(String.valueOf(refused.getCause()).contains("canary"));
  }

  @Test
  void each_part_can_be_replaced() {
    Provider provider =
        Provider.CLAUDE
            .withBody(BodyStyle.FORM)
            .withScopes(List.of("a"))
            .withUserAgent("x/1")
            .withClientId("c");
    assertEquals(BodyStyle.FORM, provider.body());
    assertEquals(List.of("a"), provider.scopes());
    assertEquals("x/1", provider.userAgent());
    assertEquals("c", provider.clientId());
    assertThrows(
        IllegalArgumentException.class, () -> Provider.CLAUDE.withUserAgent("x\r\nHost: evil"));
    assertTrue(Provider.CLAUDE.userAgent().startsWith("credential-slots/"));
  }
}
