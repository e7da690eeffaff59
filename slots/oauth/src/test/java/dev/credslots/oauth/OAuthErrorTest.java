package dev.credslots.oauth;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OAuthErrorTest {

  @ParameterizedTest(name = "{0}: {1}, over {2}")
  @CsvSource(
      quoteCharacter = '\'',
      value = {
        // RFC 6749
        "'{\"error\":\"invalid_grant\"}',                                   invalid_grant, true",
        "'{\"error\":\"invalid_grant\",\"error_description\":\"rt-1\"}',    invalid_grant, true",
        "'{\"error_uri\":[{\"error\":\"x\"}],\"error\":\"invalid_scope\"}', invalid_scope, false",
        "'{\"error\":\"invalid_client\"}',                                  invalid_client, false",
        // Anthropic
        "'{\"error\":{\"type\":\"invalid_grant\",\"message\":\"no\"}}',     invalid_grant, true",
        "'{\"type\":\"error\",\"error\":{\"type\":\"rate_limit_error\"}}',  rate_limit_error, false",
        "'{\"error\":{\"details\":{\"type\":\"a\"},\"type\":\"b\"}}',       b, false",
        // OpenAI
        "'{\"error\":{\"type\":\"x\",\"code\":\"refresh_token_reused\"}}',  refresh_token_reused, true",
        "'{\"code\":\"refresh_token_expired\"}',                            refresh_token_expired, true",
        "'{\"error\":{\"code\":\"refresh_token_invalidated\"}}',  refresh_token_invalidated, true",
      })
  void code(String body, String code, boolean over) {
    Optional<OAuthError> error = OAuthError.of(body.getBytes(UTF_8));
    assertEquals(Optional.of(new OAuthError(code)), error);
    assertEquals(over, error.orElseThrow().invalidGrant());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "<html>invalid_grant</html>",
        "\"invalid_grant\"",
        "[{\"error\":\"invalid_grant\"}]",
        "{}",
        "{\"error\":null}",
        "{\"error\":400}",
        "{\"error\":[\"invalid_grant\"]}",
        "{\"error\":\"\"}",
        "{\"error\":\"Invalid Grant\"}",
        "{\"error\":\"sk-ant-ort01-abc\"}",
        "{\"error\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"}",
        "{\"error\":\"invalid_grant",
        "{\"type\":\"invalid_grant\"}",
        "{\"error_description\":\"invalid_grant\"}",
        "{\"error\":\"invalid_gr\u00e4nt\"}",
      })
  void no_code(String body) {
    assertEquals(Optional.empty(), OAuthError.of(body.getBytes(UTF_8)));
    assertEquals(Optional.empty(), OAuthError.of(body.getBytes(ISO_8859_1)));
  }
}
