package dev.credslots.testkit;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;

/** Tokens in the form of a JWT that nobody could take for a real one: the signature says FAKE. */
final class FakeJwt {
  private static final String HEADER = "{\"alg\":\"none\",\"typ\":\"FAKE\"}";

  private FakeJwt() {}

  static String of(Map<String, Object> claims, String signature) {
    return encoded(HEADER) + "." + encoded(Json.write(claims)) + "." + signature;
  }

  /** The end it says, in milliseconds. */
  static Optional<Long> expiresAt(String token) {
    String[] parts = token.split("\\.", -1);
    return parts.length != 3
        ? Optional.empty()
        : Json.object(Base64.getUrlDecoder().decode(parts[1]))
            .map(claims -> claims.get("exp"))
            .filter(Number.class::isInstance)
            .map(end -> ((Number) end).longValue() * 1000);
  }

  private static String encoded(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
