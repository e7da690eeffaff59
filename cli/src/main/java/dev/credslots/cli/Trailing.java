package dev.credslots.cli;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A command line with another one behind a {@code --}, which is that program's, word for word.
 *
 * @param own the words before
 * @param program the words behind; empty if there is no {@code --} or nothing behind it
 */
record Trailing(List<String> own, Optional<List<String>> program) {

  /** Splits at the first {@code --}. */
  static Trailing of(String[] words) {
    List<String> all = Arrays.asList(words);
    int at = all.indexOf("--");
    if (at < 0) {
      return new Trailing(all, Optional.empty());
    }
    List<String> behind = List.copyOf(all.subList(at + 1, all.size()));
    return new Trailing(
        all.subList(0, at), behind.isEmpty() ? Optional.empty() : Optional.of(behind));
  }
}
