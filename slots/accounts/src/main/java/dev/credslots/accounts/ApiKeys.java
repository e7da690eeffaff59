package dev.credslots.accounts;

import dev.credslots.credential.Secret;
import java.util.Optional;

/** What an API key may look like, and how much of one is shown. */
public final class ApiKeys {
  /** Of a shorter one the shown ends would be too much. */
  private static final int LONGEST_HIDDEN = 16;

  private static final int FIRST = 6;
  private static final int LAST = 4;

  private ApiKeys() {}

  /** Why {@code key} cannot be one, without repeating any of it; empty if it can. */
  public static Optional<String> problem(Secret key) {
    String text = key.reveal();
    if (text.isEmpty()) {
      return Optional.of("the API key is empty");
    }
    if (text.startsWith("{")) {
      return Optional.of("that is a credential file and not an API key");
    }
    if (!text.chars().allMatch(c -> c > ' ' && c < 0x7F)) {
      return Optional.of("an API key is one line, without blanks and control characters");
    }
    return text.startsWith("sk-ant-oat") || text.startsWith("sk-ant-ort")
        ? Optional.of("that is a token of a login and not an API key")
        : Optional.empty();
  }

  /** Enough to tell keys apart: {@code sk-ant…wxyz}; a short one is hidden entirely. */
  public static String masked(Secret key) {
    String text = key.reveal();
    return text.length() <= LONGEST_HIDDEN
        ? "****"
        : text.substring(0, FIRST) + "…" + text.substring(text.length() - LAST);
  }
}
