package dev.credslots.internal.posix;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The descriptors this process has open. Linux and macOS; elsewhere none is known. */
public final class Descriptors {
  private static final Path LINUX = Path.of("/proc/self/fd");
  private static final Path BSD = Path.of("/dev/fd");
  private static final int MOST_GUESSED = 1023;

  private Descriptors() {}

  /**
   * Their numbers, and perhaps some that are closed: the one that listed them, or all small ones
   * where nothing lists them.
   */
  static List<Integer> open() {
    List<Integer> numbers = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory())) {
      for (Path entry : entries) {
        numbers.add(Integer.parseInt(String.valueOf(entry.getFileName())));
      }
    } catch (IOException | DirectoryIteratorException | NumberFormatException e) {
      for (int number = 0; number <= MOST_GUESSED; number++) {
        numbers.add(number);
      }
    }
    return numbers;
  }

  /**
   * One that is open on {@code file}, whatever name it was opened by.
   *
   * @throws IOException if the file cannot be looked at
   */
  public static OptionalInt on(Path file) throws IOException {
    Object wanted = key(file);
    for (int number : open()) {
      try {
        if (number > 2
            && wanted != null
            && wanted.equals(key(directory().resolve(String.valueOf(number))))) {
          return OptionalInt.of(number);
        }
      } catch (IOException e) {
        // Closed meanwhile.
      }
    }
    return OptionalInt.empty();
  }

  /** Those that are open on a file with one of these names; Linux only, elsewhere none. */
  public static Set<Integer> named(Collection<String> names) {
    Set<Integer> numbers = new HashSet<>();
    for (int number : open()) {
      try {
        Path target = Files.readSymbolicLink(LINUX.resolve(String.valueOf(number)));
        if (number > 2 && names.contains(String.valueOf(target.getFileName()))) {
          numbers.add(number);
        }
      } catch (IOException | UnsupportedOperationException e) {
        // Closed meanwhile, or not Linux.
      }
    }
    return numbers;
  }

  private static @Nullable Object key(Path file) throws IOException {
    return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
  }

  private static Path directory() {
    return Files.isDirectory(LINUX) ? LINUX : BSD;
  }
}
