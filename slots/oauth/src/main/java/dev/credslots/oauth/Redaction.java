package dev.credslots.oauth;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** What may be logged of a body: its shape, and only what is too short for a secret. */
final class Redaction {
  private static final String HIDDEN = "****";
  private static final int SHOWN = 12;
  private static final int MAX_NAME = 40;
  private static final int MAX_LOGGED = 4096;

  /** How tokens begin: Anthropic, OpenAI, JWT, GitHub, Google, and what test servers make up. */
  private static final Pattern TOKEN =
      Pattern.compile(
          "(sk-|sess-|ey[A-Z]|gh[a-z]_|ya29|1//|[ar]t[-_.]|bearer |basic ).*",
          Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

  private static final JsonFactory JSON =
      JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  private Redaction() {}

  /**
   * One line: JSON with every text longer than 12 characters, or that begins like a token, as
   * {@code ****}; of anything else its length and kind. At most 4 KiB of it.
   */
  static String of(byte[] body) {
    StringWriter text = new StringWriter();
    try (JsonParser parser = JSON.createParser(body);
        JsonGenerator generator = JSON.createGenerator(text)) {
      JsonToken token = parser.nextToken();
      if (token == null) {
        return described(body);
      }
      while (token != null) {
        copy(parser, token, generator);
        token = parser.nextToken();
      }
    } catch (IOException e) {
      return described(body);
    }
    return text.getBuffer().length() <= MAX_LOGGED
        ? text.toString()
        : text.getBuffer().substring(0, MAX_LOGGED) + "…";
  }

  private static void copy(JsonParser parser, JsonToken token, JsonGenerator to)
      throws IOException {
    switch (token) {
      case FIELD_NAME -> to.writeFieldName(shown(parser.currentName(), MAX_NAME));
      case VALUE_STRING -> to.writeString(shown(parser.getText(), SHOWN));
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> copyNumber(parser.getText(), to);
      default -> to.copyCurrentEvent(parser);
    }
  }

  /** Milliseconds have 13 digits; what is longer than a long is no number anybody needs. */
  private static void copyNumber(String digits, JsonGenerator to) throws IOException {
    if (digits.length() > 20) {
      to.writeString(HIDDEN);
    } else {
      to.writeNumber(digits);
    }
  }

  private static String shown(String text, int longest) {
    return text.length() > longest || TOKEN.matcher(text).matches() ? HIDDEN : text;
  }

  private static String described(byte[] body) {
    return body.length == 0 ? "(empty)" : "(" + body.length + " bytes of " + kind(body) + ")";
  }

  private static String kind(byte[] body) {
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString().strip();
    } catch (CharacterCodingException e) {
      return "no text";
    }
    if (text.isEmpty()) {
      return "blanks";
    }
    return switch (text.charAt(0)) {
      case '<' -> "HTML or XML";
      case '{', '[' -> "broken JSON";
      default -> "text";
    };
  }
}
