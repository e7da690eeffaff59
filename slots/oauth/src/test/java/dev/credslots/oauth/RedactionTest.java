package dev.credslots.oauth;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedactionTest {

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "{\"access_token\":\"sk-ant-oat01-abc\", \"expires_in\": 28800}"
            + " | {\"access_token\":\"****\",\"expires_in\":28800}",
        "{\"token_type\":\"Bearer\",\"ok\":true,\"x\":null} "
            + "| {\"token_type\":\"Bearer\",\"ok\":true,\"x\":null}",
        "{\"a\":[\"123456789012\",\"1234567890123\"]} | {\"a\":[\"123456789012\",\"****\"]}",
        "{\"a\":\"sk-1\",\"b\":\"rt-1\",\"c\":\"eyJx\",\"d\":\"Bearer x\"}"
            + " | {\"a\":\"****\",\"b\":\"****\",\"c\":\"****\",\"d\":\"****\"}",
        "{\"sk-ant-ort01-abc\":1} | {\"****\":1}",
        "{\"a\":1763942400000,\"b\":123456789012345678901} | {\"a\":1763942400000,\"b\":\"****\"}",
        "{\"a\":1.5e3} | {\"a\":1.5e3}",
        "\"sk-ant-oat01-abc\" | \"****\"",
        "\"a\\u001b[31m\\nb\" | '\"a\\u001B[31m\\nb\"'",
        "'' | (empty)",
        "'   ' | (3 bytes of blanks)",
        "<html>sk-ant-oat01-abc</html> | (29 bytes of HTML or XML)",
        "{\"access_token\":\"sk-ant-oat01-abc | (33 bytes of broken JSON)",
        "{\"a\":\"x\"}sk-ant-oat01-abc | (25 bytes of broken JSON)",
        "sk-ant-oat01-abc | (16 bytes of text)",
      })
  void redacted(String body, String expected) {
    assertEquals(expected, Redaction.of(body.getBytes(UTF_8)));
  }

  @Test
  void bytes_that_are_no_text_are_counted() {
    assertEquals("(2 bytes of no text)", Redaction.of("\u00ff\u00fe".getBytes(ISO_8859_1)));
    assertEquals("(7 bytes of no text)", Redaction.of("{\"\u00e9\":1}".getBytes(ISO_8859_1)));
  }

  @Test
  void long_body_is_cut_and_deep_one_is_counted() {
    String numbers = "[" + "1,".repeat(1 << 19) + "1]";
    assertTrue(Redaction.of(numbers.getBytes(UTF_8)).length() < 5000);
    assertEquals("(5000 bytes of broken JSON)", Redaction.of("[".repeat(5000).getBytes(UTF_8)));
  }
}
