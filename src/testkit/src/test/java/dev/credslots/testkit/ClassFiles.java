package dev.credslots.testkit;

import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.Objects;

/** Where a class was loaded from, for a class path of another process. */
final class ClassFiles {
  private ClassFiles() {}

  /** By the file and not by the code source, which names the module that a test is patched into. */
  static String directoryOf(Class<?> type) throws URISyntaxException {
    String name = type.getName().substring(type.getPackageName().length() + 1) + ".class";
    URL url = Objects.requireNonNull(type.getResource(name), name);
    Path directory = Path.of(url.toURI());
    for (int up = type.getName().replaceAll("[^.]", "").length() + 1; up > 0; up--) {
      directory = Objects.requireNonNull(directory.getParent(), name);
    }
    return directory.toString();
  }
}
