package dev.credslots;

import dev.credslots.internal.file.Layout;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;

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

  /** Whether the slot's file, or its fingerprint's, would be another file of ours. */
  static boolean collides(Layout layout, String slot) {
    Path live = layout.live();
    return layout.slot(slot).equals(live)
        || layout.sidecar(slot).equals(live)
        || layout.sidecar(slot).equals(layout.slot(slot));
  }

  /**
   * @throws IllegalArgumentException if one of the slots would be written over by another file
   */
  static void checkCollisions(Layout layout, List<String> names) {
    if (layout.slotTemplate().equals(layout.fingerprintTemplate())) {
      throw new IllegalArgumentException(
          "slots and their fingerprints need templates that differ: " + layout.slotTemplate());
    }
    for (String name : names) {
      if (collides(layout, name)) {
        throw new IllegalArgumentException(
            "slot " + name + " would lie on the live path, or its fingerprint would");
      }
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
