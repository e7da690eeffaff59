package dev.credslots.oauth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.credslots.credential.Secret;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenSourceTest {
  private static final String AUTH = "ANTHROPIC_AUTH_TOKEN";
  private static final String OAUTH = "CLAUDE_CODE_OAUTH_TOKEN";

  private static TokenSource on(String system, Map<String, String> environment) {
    return TokenSource.of(environment, system);
  }

  private static Optional<Secret> token(String text) {
    return Optional.of(Secret.of(text));
  }

  @Test
  void the_auth_token_is_stronger_than_the_oauth_token() {
    TokenSource source = on("Linux", Map.of(OAUTH, "second", AUTH, "first"));
    assertEquals(AUTH, source.label());
    assertEquals(token("first"), source.token());
  }

  @Test
  void the_oauth_token_is_stronger_than_the_store() {
    TokenSource source = on("Linux", Map.of(OAUTH, "second", "PATH", "/bin"));
    assertEquals(OAUTH, source.label());
    assertEquals(token("second"), source.token());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\t \n"})
  void an_empty_variable_is_none(String empty) {
    assertEquals(OAUTH, on("Linux", Map.of(AUTH, empty, OAUTH, "second")).label());
    TokenSource store = on("Linux", Map.of(AUTH, empty, OAUTH, empty));
    assertEquals("Linux credential file", store.label());
    assertEquals(Optional.empty(), store.token());
  }

  @Test
  void blanks_around_a_token_are_not_of_it() {
    assertEquals(token("first"), on("Linux", Map.of(AUTH, " first\n")).token());
  }

  /** An API key is no login: a client that has one asks it for other things. */
  @Test
  void an_api_key_is_no_source() {
    assertEquals("Linux credential file", on("Linux", Map.of("ANTHROPIC_API_KEY", "k")).label());
  }

  @ParameterizedTest
  @CsvSource({
    "Linux,Linux credential file",
    "Mac OS X,macOS credential file",
    "Windows 11,Windows credential file",
    "Windows Server 2022,Windows credential file",
    "FreeBSD,Linux credential file"
  })
  void the_store_is_called_by_the_operating_system(String system, String label) {
    assertEquals(label, on(system, Map.of()).label());
  }

  @ParameterizedTest
  @ValueSource(strings = {AUTH, OAUTH})
  void no_token_is_shown(String variable) {
    TokenSource source = on("Linux", Map.of(variable, "sk-ant-oat01-canary"));
    assertFalse(source.toString().contains("canary"), source.toString());
    assertFalse(source.why().contains("canary"), source.why());
  }
}
