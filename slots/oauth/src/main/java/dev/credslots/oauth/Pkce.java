package dev.credslots.oauth;

import dev.credslots.credential.Secret;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.random.RandomGenerator;

/**
 * Proof that who exchanges a code is who asked for it (RFC 7636).
 *
 * @param verifier 43 characters, 256 random bits
 * @param challenge its SHA-256, which may be seen
 */
record Pkce(Secret verifier, String challenge) {
  private static final int RANDOM_BYTES = 32;

  static Pkce random(RandomGenerator random) {
    String verifier = text(random);
    return new Pkce(Secret.of(verifier), challenge(verifier));
  }

  /** 256 random bits in characters that no URL has to escape. */
  static String text(RandomGenerator random) {
    byte[] bytes = new byte[RANDOM_BYTES];
    random.nextBytes(bytes);
    return encoded(bytes);
  }

  private static String challenge(String verifier) {
    try {
      return encoded(
          MessageDigest.getInstance("SHA-256")
              .digest(verifier.getBytes(StandardCharsets.US_ASCII)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static String encoded(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
