package dev.credslots.oauth;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.credslots.credential.Secret;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The body of a refresh (RFC 6749, 6), in the style its provider wants. */
final class RefreshRequest {
  private static final JsonFactory JSON = new JsonFactory();

  private RefreshRequest() {}

  /** Whether the token can be written at all: half a surrogate pair has no UTF-8. */
  static boolean canCarry(Secret refreshToken) {
    return StandardCharsets.UTF_8.newEncoder().canEncode(refreshToken.reveal());
  }

  /**
   * @param scopes what to ask for; empty means the provider's own
   */
  static byte[] body(Provider provider, Secret refreshToken, List<String> scopes) {
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("grant_type", "refresh_token");
    parameters.put("refresh_token", refreshToken.reveal());
    parameters.put("client_id", provider.clientId());
    List<String> wanted = scopes.isEmpty() ? provider.scopes() : scopes;
    if (!wanted.isEmpty()) {
      parameters.put("scope", String.join(" ", wanted));
    }
    String text =
        switch (provider.body()) {
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

  private static String form(Map<String, String> parameters) {
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
