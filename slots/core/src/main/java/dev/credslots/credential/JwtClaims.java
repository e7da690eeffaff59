package dev.credslots.credential;

import dev.credslots.credential.JsonOutline.Span;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;

/**
 * What a JSON Web Token (RFC 7519) says of itself. Nobody checks its signature here: the file it is
 * from is the user's own, and a server decides what it is worth. No byte of it gets into a message.
 */
final class JwtClaims {
  private final byte[] payload;

  private JwtClaims(byte[] payload) {
    this.payload = payload;
  }

  /** The claims of a token; empty if it is not one. */
  static Optional<JwtClaims> of(String token) {
    int start = token.indexOf('.') + 1;
    int end = token.indexOf('.', start);
    if (start == 0 || end < 0 || token.indexOf('.', end + 1) >= 0) {
      return Optional.empty();
    }
    try {
      byte[] payload = Base64.getUrlDecoder().decode(token.substring(start, end));
      JsonOutline.of(payload, name -> false);
      return Optional.of(new JwtClaims(payload));
    } catch (IllegalArgumentException | MalformedJsonException e) {
      return Optional.empty();
    }
  }

  /** A claim that is a text and not blank. */
  Optional<String> text(String... path) {
    try {
      Optional<Span> value = JsonSplice.find(payload, path);
      return value.isEmpty()
          ? Optional.empty()
          : JsonOutline.text(payload, value.get()).filter(text -> !text.isBlank());
    } catch (MalformedJsonException e) {
      return Optional.empty();
    }
  }

  /** When the token ends ({@code exp}), if it says so in a way that can be used. */
  Optional<Instant> end() {
    try {
      Optional<Span> value = JsonSplice.find(payload, "exp");
      return value.flatMap(exp -> EpochTime.of(JsonOutline.written(payload, exp)));
    } catch (MalformedJsonException e) {
      return Optional.empty();
    }
  }
}
