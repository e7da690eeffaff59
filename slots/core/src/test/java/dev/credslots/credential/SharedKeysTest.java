package dev.credslots.credential;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SharedKeysTest {
  private static final SharedKeys CLAUDE = new SharedKeys(new ClaudeFormat().sharedKeys());
  private static final String UNCHANGED = "unchanged";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        // entry by entry
        "{\"mcpOAuth\":{\"a\":1}} | {\"mcpOAuth\":{\"a\":0,\"b\":2}} | {\"mcpOAuth\":{\"a\":1,\"b\":2}}",
        "{\"mcpOAuth\":{\"a\":1,\"c\":3}} | {\"mcpOAuth\":{\"b\": 2 }} | {\"mcpOAuth\":{\"b\": 2,\"a\":1,\"c\":3 }}",
        "{\"mcpOAuth\":{\"a\":1,\"c\":3}} | {\"mcpOAuth\":{ }} | {\"mcpOAuth\":{\"a\":1,\"c\":3 }}",
        "{\"mcpOAuth\":{\"a\":{\"x\":1}}} | {\"mcpOAuth\":{\"a\":{\"y\":2}}} | {\"mcpOAuth\":{\"a\":{\"x\":1}}}",
        "{\"mcpOAuth\":{\"a\":0,\"a\":1}} | {\"mcpOAuth\":{\"a\":1,\"a\":0}} | {\"mcpOAuth\":{\"a\":1,\"a\":1}}",
        "{\"mcpOAuth\":{\"\\u0061\":1}} | {\"mcpOAuth\":{\"a\":0}} | {\"mcpOAuth\":{\"a\":1}}",
        "{\"mcpOAuth\":{\"\\u00df\":1e400}} | {\"mcpOAuth\":{\"é\":0}} | {\"mcpOAuth\":{\"é\":0,\"\\u00df\":1e400}}",
        "{\"\\u006dcpOAuth\":{\"a\":1}} | {\"mcp\\u004fAuth\":{\"a\":0}} | {\"mcp\\u004fAuth\":{\"a\":1}}",
        // the whole key where it is missing, or where one of the two is no object
        "{\"mcpOAuth\":{\"a\": 1}} | {\"x\":-0} | {\"x\":-0,\"mcpOAuth\":{\"a\": 1}}",
        "{\"pluginSecrets\" : [1]} | {} | {\"pluginSecrets\" : [1]}",
        "{\"mcpXaaIdp\":[1]} | {\"mcpXaaIdp\":[0]} | {\"mcpXaaIdp\":[1]}",
        "{\"mcpXaaIdp\":[1]} | {\"mcpXaaIdp\":{\"a\":1}} | {\"mcpXaaIdp\":[1]}",
        "{\"mcpXaaIdp\":{\"a\":1}} | {\"mcpXaaIdp\":null} | {\"mcpXaaIdp\":{\"a\":1}}",
        // every shared key, and nothing else
        "{\"mcpOAuth\":1,\"mcpOAuthClientConfig\":2,\"mcpXaaIdp\":3,\"mcpXaaIdpConfig\":4,\"pluginSecrets\":5,\"claudeAiOauth\":6,\"organizationUuid\":7,\"x\":8}"
            + " | {\"claudeAiOauth\":0} | {\"claudeAiOauth\":0,\"mcpOAuth\":1,\"mcpOAuthClientConfig\":2,\"mcpXaaIdp\":3,\"mcpXaaIdpConfig\":4,\"pluginSecrets\":5}",
        "{\"claudeAiOauth\":{\"mcpOAuth\":1}} | {\"claudeAiOauth\":{\"mcpOAuth\":0}} | unchanged",
        "{\"mcpOAuth\":{\"a\":1},\"mcpXaaIdp\":2,\"pluginSecrets\":3} | {\"pluginSecrets\":0,\"mcpOAuth\":{}} | {\"pluginSecrets\":3,\"mcpOAuth\":{\"a\":1},\"mcpXaaIdp\":2}",
        // nothing to carry
        "{} | {\"mcpOAuth\":{\"a\":1}} | unchanged",
        "{\"mcpOAuth\":{}} | {\"mcpOAuth\":{\"a\":1}} | unchanged",
        "{\"mcpOAuth\":{}} | {} | unchanged",
        "{\"mcpOAuth\":{\"a\":[1,\"é\"]}} | {\"mcpOAuth\":{\"b\":0,\"a\":[ 1 , \"\\u00e9\" ]}} | unchanged",
        "{\"mcpXaaIdp\":[1 ]} | {\"mcpXaaIdp\":[ 1]} | unchanged",
      })
  void shared_keys_follow_the_live_link(String from, String to, String expected) throws Exception {
    Optional<String> carried = carry(from, to);

    assertEquals(expected.equals(UNCHANGED) ? Optional.empty() : Optional.of(expected), carried);
    if (carried.isPresent()) {
      assertEquals(Optional.empty(), carry(from, carried.get()), "a second time");
    }
  }

  @Test
  void a_pretty_printed_file_stays_one() throws Exception {
    String from =
        "{\"mcpOAuth\":{\"s|1\":{\"accessToken\":\"t\"}},\"pluginSecrets\":{\"p\":\"q\"}}";
    String to =
        "{\r\n  \"claudeAiOauth\": {},\r\n  \"mcpOAuth\": {\r\n    \"s|0\": {}\r\n  }\r\n}\r\n";

    assertEquals(
        Optional.of(
            "{\r\n  \"claudeAiOauth\": {},\r\n  \"mcpOAuth\": {\r\n    \"s|0\": {},"
                + "\r\n    \"s|1\":{\"accessToken\":\"t\"}\r\n  },"
                + "\r\n  \"pluginSecrets\":{\"p\":\"q\"}\r\n}\r\n"),
        carry(from, to));
  }

  @Test
  void numbers_written_differently_differ() throws Exception {
    String from = "{\"mcpOAuth\":{\"a\":0.10}}";
    assertEquals(Optional.of(from), carry(from, "{\"mcpOAuth\":{\"a\":0.1}}"));
  }

  @Test
  void a_file_that_is_not_json_is_refused() {
    String json = "{\"mcpOAuth\":{\"a\":1}}";
    for (String broken : List.of("", "{", "[]", "\ufeff{}", "{}x")) {
      assertThrows(MalformedJsonException.class, () -> carry(broken, json));
      assertThrows(MalformedJsonException.class, () -> carry(json, broken));
    }
  }

  @Test
  void thousands_of_entries_take_linear_time() {
    StringBuilder entries = new StringBuilder("{\"mcpOAuth\":{\"e0\":0");
    for (int i = 1; i < 50_000; i++) {
      entries.append(",\"e").append(i).append("\":").append(i);
    }
    String from = entries.append("}}").toString();

    assertTimeout(
        Duration.ofMinutes(1),
        () -> assertEquals(Optional.of(from), carry(from, from.replace(":7", ":8"))));
  }

  @Test
  void only_claudes_file_mixes_the_two() {
    assertEquals(
        List.of(
            "mcpOAuth", "mcpOAuthClientConfig", "mcpXaaIdp", "mcpXaaIdpConfig", "pluginSecrets"),
        new ClaudeFormat().sharedKeys());
  }

  private static Optional<String> carry(String from, String to) throws MalformedJsonException {
    return CLAUDE
        .carry(from.getBytes(UTF_8), to.getBytes(UTF_8))
        .map(bytes -> new String(bytes, UTF_8));
  }
}
