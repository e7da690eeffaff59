package dev.credslots.oauth;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Parameters as a body, in the style their provider wants, or as a query. */
final class TokenParameters {
  private static final JsonFactory JSON = new JsonFactory();

  private TokenParameters() {}

  static byte[] body(BodyStyle style, Map<String, String> parameters) {
    String text =
        switch (style) {
          case FORM -> form(parameters);
          case JSON -> json(parameters);
        };
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static String contentType(BodyStyle style) {
    return switch (style) {
      case FORM -> "application/x-www-form-urlencoded";
      case JSON -> "application/json";
    };
  }

  static String form(Map<String, String> parameters) {
    StringBuilder text = new StringBuilder();
    parameters.forEach(
        (name, value) -> {
          if (text.length() > 0) {
            text.append('&');
          }
          text.append(name).append('=').append(URLEncoder.encode(value, StandardCharsets.UTF_8));
        });
    return text.toString();
  }

  private static String json(Map<String, String> parameters) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      for (Map.Entry<String, String> parameter : parameters.entrySet()) {
        json.writeStringField(parameter.getKey(), parameter.getValue());
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("memory does not fail", e);
    }
    return text.toString();
  }
}
