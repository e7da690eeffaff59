package dev.credslots.internal.posix;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The bytes of words that came on this process's command line. The JVM decodes them by the locale
 * and cannot give them back: under {@code LANG=C} the JDK 17 turns what is not ASCII into question
 * marks.
 */
final class RawWords {
  private static final Path COMMAND_LINE = Path.of("/proc/self/cmdline");

  private RawWords() {}

  /** The bytes of {@code words}: as they came if they end the command line, otherwise encoded. */
  static List<byte[]> of(List<String> words) {
    List<byte[]> came;
    try {
      came = split(Files.readAllBytes(COMMAND_LINE));
    } catch (IOException e) {
      came = List.of(); // Not Linux.
    }
    return of(words, came);
  }

  static List<byte[]> of(List<String> words, List<byte[]> commandLine) {
    int first = commandLine.size() - words.size();
    for (int i = 0; i < words.size(); i++) {
      if (first < 0 || !canBe(words.get(i), commandLine.get(first + i))) {
        return words.stream().map(Exec::encoded).toList();
      }
    }
    return commandLine.subList(first, commandLine.size());
  }

  /** Whether the JVM can have made {@code word} of these bytes; of what is not ASCII, anything. */
  private static boolean canBe(String word, byte[] bytes) {
    return !isAscii(bytes) || new String(bytes, StandardCharsets.US_ASCII).equals(word);
  }

  private static boolean isAscii(byte[] bytes) {
    for (byte b : bytes) {
      if (b < 0) {
        return false;
      }
    }
    return true;
  }

  /** Each word ends with a zero. */
  private static List<byte[]> split(byte[] all) {
    List<byte[]> words = new ArrayList<>();
    int from = 0;
    for (int i = 0; i < all.length; i++) {
      if (all[i] == 0) {
        words.add(Arrays.copyOfRange(all, from, i));
        from = i + 1;
      }
    }
    return words;
  }
}
