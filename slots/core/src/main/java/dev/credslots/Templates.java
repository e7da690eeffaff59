package dev.credslots;

import dev.credslots.internal.file.Layout;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Whether what a manager is told about names can be right. */
final class Templates {

  private Templates() {}

  /**
   * @throws IllegalArgumentException unless the template has one {@code {slot}} and stays inside
   */
  static void check(String what, String template, Path directory) {
    int at = template.indexOf(Layout.PLACEHOLDER);
    if (at < 0 || template.indexOf(Layout.PLACEHOLDER, at + 1) >= 0) {
      throw new IllegalArgumentException(
          "a " + what + " has {slot} in it once, for the slot's name: " + template);
    }
    Path sample = path(what, template.replace(Layout.PLACEHOLDER, "a"), directory);
    boolean plain = sample.toString().equals(sample.normalize().toString());
    if (sample.isAbsolute() || !plain || sample.startsWith("..")) {
      throw new IllegalArgumentException(
          "a " + what + " is a plain relative path inside the directory: " + template);
    }
  }

  static void checkLiveName(String liveName, String slotTemplate) {
    if (liveName.isEmpty()
        || liveName.equals(".")
        || liveName.equals("..")
        || liveName.contains("/")
        || liveName.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("a live name is a file name: " + liveName);
    }
    if (slotTemplate.equals(Layout.PLACEHOLDER)) {
      throw new IllegalArgumentException(
          "a slot template needs something besides {slot}: every file would be a slot");
    }
  }

  private static Path path(String what, String text, Path directory) {
    try {
      return directory.getFileSystem().getPath(text);
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("a " + what + " is a path: " + e.getReason(), e);
    }
  }
}
