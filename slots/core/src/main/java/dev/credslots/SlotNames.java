package dev.credslots;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Which names a slot may have: clients and peers leave other files beside the slots. Profiles are
 * named by the same rule.
 */
public final class SlotNames {
  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

  /** Beginnings of names of temporary, lock and fingerprint files. */
  private static final Set<String> RESERVED_BEGINNINGS = Set.of("tmp", "lock", "fingerprint.json");

  private static final Pattern RESERVED_ENDING =
      Pattern.compile(".*(\\.fingerprint\\.json|\\.tmp[^/]*|\\.lock)", Pattern.CASE_INSENSITIVE);

  private static final int LONGEST_SHOWN = 80;
  private static final String SECRET = "sk-ant-";

  /** What people call a copy they made by hand; reported, never taken for a slot. */
  private static final Set<String> COPIES = Set.of("bak", "old", "orig");

  private SlotNames() {}

  /** Why {@code name} cannot be a slot's, as a sentence; empty if it can. */
  static Optional<String> problem(String name) {
    return problem("slot", name);
  }

  /**
   * Why {@code name} cannot be one, as a sentence; empty if it can.
   *
   * @param what it is to name: {@code slot}, {@code profile}
   */
  public static Optional<String> problem(String what, String name) {
    // matches() takes the whole string: "work\n" has the form only up to its last character.
    if (!FORM.matcher(name).matches()) {
      return Optional.of(
          what
              + " name "
              + quoted(name)
              + " is not allowed: 1 to 64 letters, digits, '.', '_' or '-', not starting with"
              + " a mark");
    }
    String lower = name.toLowerCase(Locale.ROOT);
    if (RESERVED_BEGINNINGS.stream().anyMatch(lower::startsWith)
        || RESERVED_ENDING.matcher(lower).matches()) {
      return Optional.of(
          what
              + " name "
              + quoted(name)
              + " is reserved: temporary, lock and fingerprint files are called that");
    }
    return Optional.empty();
  }

  /** Whether discovery leaves the name alone although it could be a slot's. */
  static boolean looksLikeCopy(String name) {
    return COPIES.contains(name.toLowerCase(Locale.ROOT));
  }

  /**
   * For messages: what came from outside is shown without control characters, and of what is a
   * token by mistake only how all such begin.
   */
  public static String quoted(String text) {
    int secret = text.indexOf(SECRET);
    int most = secret < 0 ? LONGEST_SHOWN : Math.min(secret + SECRET.length(), LONGEST_SHOWN);
    StringBuilder shown = new StringBuilder("'");
    text.substring(0, Math.min(most, text.length()))
        .codePoints()
        .forEach(c -> shown.appendCodePoint(Character.isISOControl(c) ? '\uFFFD' : c));
    return shown.append(text.length() > most ? "…'" : "'").toString();
  }
}
