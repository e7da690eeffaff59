package dev.credslots.accounts;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.credslots.accounts.TokenIntake.Accepted;
import dev.credslots.accounts.TokenIntake.Refused;
import dev.credslots.credential.EpochTime;
import dev.credslots.credential.Secret;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Optional;

/** Understands a token that is to be stored; see {@link TokenIntake#of}. */
final class TokenReader {
  /** How the access tokens of {@code claude setup-token} begin. */
  private static final String CLAUDE_BEGINNING = "sk-ant-oat01-";

  private static final int LAST_ASCII = 0x7E;

  private static final Refused WITHOUT_TOKEN =
      new Refused(
          "it is JSON without an accessToken", "give a bare token, or {\"accessToken\": \"…\"}");

  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private final String agent;
  private final Instant usualEnd;

  /**
   * @param usualEnd of a token that does not say its own
   */
  TokenReader(String agent, Instant usualEnd) {
    this.agent = agent;
    // What is kept has milliseconds; what is said of it shall not differ.
    this.usualEnd = Instant.ofEpochMilli(usualEnd.toEpochMilli());
  }

  TokenIntake read(String text) {
    if (text.isEmpty()) {
      return new Refused("nothing was given", "");
    }
    if (text.startsWith("{")) {
      return readJson(text);
    }
    if (text.startsWith("[") || text.startsWith("\"")) {
      return WITHOUT_TOKEN;
    }
    if (text.indexOf('\n') >= 0 || text.indexOf('\r') >= 0) {
      return new Refused("it is several lines, and a token is one", "give the token alone");
    }
    Optional<Refused> problem = problem(text);
    if (problem.isPresent()) {
      return problem.get();
    }
    StringWriter value = new StringWriter();
    try (JsonGenerator out = JSON.createGenerator(value)) {
      out.writeStartObject();
      out.writeStringField("accessToken", text);
      writeEnd(out, usualEnd);
      out.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("memory does not fail", e);
    }
    return accepted(text, usualEnd, value);
  }

  private TokenIntake readJson(String text) {
    StringWriter value = new StringWriter();
    String token = "";
    Instant end = null;
    try (JsonParser parser = JSON.createParser(text);
        JsonGenerator out = JSON.createGenerator(value)) {
      out.setHighestNonEscapedChar(LAST_ASCII);
      parser.nextToken();
      out.writeStartObject();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        JsonToken kind = parser.nextToken();
        if (name.equals("expiresAt")) {
          if (kind == JsonToken.VALUE_NULL) {
            continue; // As good as absent.
          }
          end = kind.isNumeric() ? EpochTime.of(parser.getText()).orElse(null) : null;
          if (end == null) {
            return new Refused(
                "its expiresAt is no time", "give it in milliseconds since 1970, or leave it out");
          }
          writeEnd(out, end);
          continue;
        }
        if (name.equals("accessToken") && kind == JsonToken.VALUE_STRING) {
          token = parser.getText();
        }
        out.writeFieldName(name);
        copy(parser, out);
      }
      if (parser.nextToken() != null) {
        return new Refused("something follows the JSON object", "give one token alone");
      }
      if (end == null) {
        end = usualEnd;
        writeEnd(out, end);
      }
      out.writeEndObject();
    } catch (JsonProcessingException e) {
      // Without its message, which quotes the text.
      return new Refused("it is not JSON that can be read", "give a bare token");
    } catch (IOException e) {
      throw new UncheckedIOException("memory does not fail", e);
    }
    if (token.isEmpty()) {
      return WITHOUT_TOKEN;
    }
    Optional<Refused> problem = problem(token);
    return problem.isPresent() ? problem.get() : accepted(token, end, value);
  }

  /** Numbers as they are written: a double would round them. */
  private static void copy(JsonParser parser, JsonGenerator out) throws IOException {
    int depth = 0;
    JsonToken token = parser.currentToken();
    while (true) {
      if (token.isNumeric()) {
        out.writeNumber(parser.getText());
      } else {
        out.copyCurrentEvent(parser);
      }
      depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
      if (depth == 0) {
        return;
      }
      token = parser.nextToken();
    }
  }

  private static void writeEnd(JsonGenerator out, Instant end) throws IOException {
    long milliseconds = end.toEpochMilli();
    // Before 2001 milliseconds would be taken for seconds.
    boolean understood = EpochTime.of(Long.toString(milliseconds)).equals(Optional.of(end));
    out.writeNumberField("expiresAt", understood ? milliseconds : end.getEpochSecond());
  }

  private static Accepted accepted(String token, Instant end, StringWriter value) {
    return new Accepted(
        new LongLivedToken(Secret.of(token), Optional.of(end)), Secret.of(value.toString()));
  }

  private Optional<Refused> problem(String token) {
    for (int i = 0; i < token.length(); i++) {
      if (token.charAt(i) <= ' ' || token.charAt(i) > LAST_ASCII) {
        return Optional.of(
            new Refused("a token has no blanks and nothing but ASCII", "give the token alone"));
      }
    }
    return agent.equals("claude") ? problemOfClaude(token) : Optional.empty();
  }

  private static Optional<Refused> problemOfClaude(String token) {
    if (token.startsWith(CLAUDE_BEGINNING) && token.length() > CLAUDE_BEGINNING.length()) {
      return Optional.empty();
    }
    String remedy = "give what claude setup-token prints";
    if (token.startsWith("sk-ant-api")) {
      return Optional.of(
          new Refused("that is an API key, not a token", "API keys belong into a profile"));
    }
    if (token.startsWith("sk-ant-ort")) {
      return Optional.of(new Refused("that is a refresh token, not an access token", remedy));
    }
    return Optional.of(new Refused("a token for claude begins with " + CLAUDE_BEGINNING, remedy));
  }
}
