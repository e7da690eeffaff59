package dev.credslots.testkit;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Random;

/** A made-up token that is looked for, whole and in parts, wherever a token must not be. */
public final class Canary {
  /** So many characters in a row are no coincidence. */
  private static final int PART = 12;

  private static final String PREFIX = "sk-ant-oat01-FAKE-";
  private static final String LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";

  private final String token;

  private Canary(String token) {
    this.token = token;
  }

  /** One that nothing else contains; the same for a seed. */
  public static Canary of(int seed) {
    Random random = new Random(seed);
    StringBuilder token = new StringBuilder(PREFIX);
    while (token.length() < 108) {
      token.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
    }
    return new Canary(token.toString());
  }

  public String token() {
    return token;
  }

  /**
   * The first part of the token that a text has, as it is or in hexadecimal digits. How all tokens
   * begin is no part of it.
   */
  public Optional<String> in(String text) {
    for (int from = PREFIX.length(); from + PART <= token.length(); from++) {
      String part = token.substring(from, from + PART);
      String hex = HexFormat.of().formatHex(part.getBytes(StandardCharsets.US_ASCII));
      if (text.contains(part) || text.contains(hex)) {
        return Optional.of(part);
      }
    }
    return Optional.empty();
  }
}
