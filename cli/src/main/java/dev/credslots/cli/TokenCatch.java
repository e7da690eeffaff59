package dev.credslots.cli;

import dev.credslots.credential.Secret;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Looks through what {@code claude setup-token} prints: gives on what a person has to see, and from
 * where a token begins nothing any more, for a terminal may break a token anywhere. Confined.
 */
final class TokenCatch {
  private static final String BEGINNING = "sk-ant-";
  private static final Pattern TOKEN = Pattern.compile("sk-ant-oat01-[A-Za-z0-9_-]+");

  /** Real ones have 108; what is shorter was cut [source: ralph]. */
  private static final int SHORTEST = 80;

  /** Far more than a person reads; a program that prints on for ever is not listened to. */
  private static final int MOST = 4 << 20;

  private final StringBuilder seen = new StringBuilder();
  private int shown;
  private boolean caught;

  /**
   * Takes what was printed.
   *
   * @return what of it, and of what was held back before, may be shown
   */
  String take(byte[] bytes, int count) {
    if (seen.length() > MOST) {
      return "";
    }
    // One character a byte: a token is ASCII, and what is shown goes out as it came.
    seen.append(new String(bytes, 0, count, StandardCharsets.ISO_8859_1));
    if (caught) {
      return "";
    }
    int begins = seen.indexOf(BEGINNING, Math.max(0, shown - BEGINNING.length()));
    caught = begins >= 0;
    int until = caught ? begins : seen.length() - heldBack();
    String more = seen.substring(Math.min(shown, until), until);
    shown = Math.max(shown, until);
    return more;
  }

  /** How many characters at the end may be the beginning of a token. */
  private int heldBack() {
    for (int length = BEGINNING.length() - 1; length > 0; length--) {
      if (seen.length() >= length && BEGINNING.startsWith(seen.substring(seen.length() - length))) {
        return length;
      }
    }
    return 0;
  }

  /** What was held back at the end and turned out to be no token. */
  String rest() {
    String rest = caught ? "" : seen.substring(Math.min(shown, seen.length()));
    shown = seen.length();
    return rest;
  }

  /** Whether a token, or what begins like one, has come. */
  boolean caught() {
    return caught;
  }

  /** The longest token in everything that was printed, if it is long enough for one. */
  Optional<Secret> token() {
    String longest = "";
    Matcher matcher = TOKEN.matcher(seen);
    while (matcher.find()) {
      longest = matcher.group().length() > longest.length() ? matcher.group() : longest;
    }
    return longest.length() >= SHORTEST ? Optional.of(Secret.of(longest)) : Optional.empty();
  }
}
