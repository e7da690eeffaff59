package dev.credslots.cli;

/** Makes text from outside fit to be printed: a file name or reason may command a terminal. */
final class Plain {
  private static final char REPLACEMENT = '\uFFFD';
  private static final int LONGEST_QUOTED = 60;
  private static final String SECRET = "sk-ant-";

  private Plain() {}

  /** The text with every control and direction character replaced. */
  static String text(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (!printable(text.charAt(i))) {
        return replaced(text);
      }
    }
    return text;
  }

  /**
   * As {@link #text}, in quotes and cut short: for words that may be anything, a token that got
   * into the wrong place too, of which nothing but the beginning of all such is shown.
   */
  static String quoted(String text) {
    int secret = text.indexOf(SECRET);
    int most = secret < 0 ? LONGEST_QUOTED : Math.min(secret + SECRET.length(), LONGEST_QUOTED);
    return "'" + text(text.length() > most ? text.substring(0, most) + "..." : text) + "'";
  }

  private static String replaced(String text) {
    StringBuilder clean = new StringBuilder(text);
    for (int i = 0; i < clean.length(); i++) {
      if (!printable(clean.charAt(i))) {
        clean.setCharAt(i, REPLACEMENT);
      }
    }
    return clean.toString();
  }

  private static boolean printable(char c) {
    if (c < 0x7F) {
      return c >= ' ';
    }
    // C1 controls; line separators and marks that turn the direction of what follows.
    return c > 0x9F
        && !(c >= '\u2028' && c <= '\u202E')
        && !(c >= '\u2066' && c <= '\u2069')
        && c != '\u200E'
        && c != '\u200F';
  }
}
