package dev.credslots.cli;

import java.util.Locale;
import java.util.Optional;

/** Finds what was probably meant. */
final class Nearest {
  private static final int FARTHEST = 3;

  private Nearest() {}

  /** {@code ; did you mean 'switch'?}, or empty. */
  static String hint(String word, Iterable<String> known) {
    Optional<String> nearest = of(word, known);
    return nearest.isPresent() ? "; did you mean '" + nearest.get() + "'?" : "";
  }

  /** The known word with the fewest changes, if they are few for its length. */
  static Optional<String> of(String word, Iterable<String> known) {
    if (word.length() > 64) {
      return Optional.empty();
    }
    String best = null;
    int fewest = Math.min(FARTHEST, Math.max(1, word.length() / 2)) + 1;
    for (String candidate : known) {
      int changes = changes(word.toLowerCase(Locale.ROOT), candidate.toLowerCase(Locale.ROOT));
      if (changes < fewest) {
        fewest = changes;
        best = candidate;
      }
    }
    return Optional.ofNullable(best);
  }

  /** Letters added, left out, replaced, or swapped with their neighbours. */
  private static int changes(String a, String b) {
    int[][] cost = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          cost[i][j] = i + j;
          continue;
        }
        int replaced = cost[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        cost[i][j] = Math.min(replaced, Math.min(cost[i - 1][j], cost[i][j - 1]) + 1);
        boolean swapped =
            i > 1
                && j > 1
                && a.charAt(i - 1) == b.charAt(j - 2)
                && a.charAt(i - 2) == b.charAt(j - 1);
        if (swapped) {
          cost[i][j] = Math.min(cost[i][j], cost[i - 2][j - 2] + 1);
        }
      }
    }
    return cost[a.length()][b.length()];
  }
}
