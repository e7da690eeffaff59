package dev.credslots.credential;

import java.util.Objects;
import org.apache.commons.codec.digest.DigestUtils;
import org.jspecify.annotations.Nullable;

/**
 * SHA-256 of a token or of a file's bytes, as 64 lower-case hex digits: enough to compare, useless
 * for replay. Immutable and thread-safe.
 *
 * @param sha256 64 lower-case hex digits
 */
public record Fingerprint(String sha256) {
  private static final int HEX_DIGITS = 64;

  /**
   * @throws IllegalArgumentException if {@code sha256} is not 64 lower-case hex digits
   */
  public Fingerprint {
    Objects.requireNonNull(sha256, "sha256");
    if (!isSha256(sha256)) {
      throw new IllegalArgumentException("a fingerprint is 64 lower-case hex digits");
    }
  }

  /** Of a token's UTF-8 bytes, as the Python {@code credential-slots} takes it. */
  public static Fingerprint of(Secret token) {
    return new Fingerprint(DigestUtils.sha256Hex(token.reveal()));
  }

  public static Fingerprint ofBytes(byte[] bytes) {
    return new Fingerprint(DigestUtils.sha256Hex(bytes));
  }

  /** Whether {@code text} has the form of a fingerprint. */
  public static boolean isSha256(String text) {
    if (text.length() != HEX_DIGITS) {
      return false;
    }
    for (int i = 0; i < HEX_DIGITS; i++) {
      char c = text.charAt(i);
      if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f')) {
        return false;
      }
    }
    return true;
  }

  /** The first 16 digits: what file names and messages show. */
  public String abbreviated() {
    return sha256.substring(0, 16);
  }

  // Written out: a record's own are spun at their first use, which takes longer than a switch.
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Fingerprint fingerprint && sha256.equals(fingerprint.sha256);
  }

  @Override
  public int hashCode() {
    return sha256.hashCode();
  }

  @Override
  public String toString() {
    return sha256;
  }
}
