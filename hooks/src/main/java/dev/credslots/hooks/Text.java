package dev.credslots.hooks;

/** Makes text from outside fit to be shown. */
final class Text {
  private Text() {}

  /** On one line, without control characters, and not longer than {@code most} characters. */
  static String plain(String text, int most) {
    StringBuilder plain = new StringBuilder();
    int next;
    for (int i = 0; i < text.length() && plain.length() < most; i = next) {
      int c = text.codePointAt(i);
      next = i + Character.charCount(c);
      // Half a surrogate pair is no character, and JSON cannot hold it.
      boolean half = c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
      plain.appendCodePoint(half || Character.isISOControl(c) ? ' ' : c);
    }
    return plain.toString().strip();
  }

  /** The first line with something on it, made plain; empty if there is none. */
  static String firstLine(String text, int most) {
    for (String line : text.split("\n", -1)) {
      String plain = plain(line, most);
      if (!plain.isEmpty()) {
        return plain;
      }
    }
    return "";
  }
}
