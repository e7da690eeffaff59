package dev.credslots.internal.file;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Whether a file is mounted on its path, as container set-ups do: such a file can be written, but
 * nothing can be renamed over it.
 */
public final class MountPoint {
  private static final Path MOUNTS = Path.of("/proc/self/mountinfo");

  /** The fifth of the blank-separated fields of a line is where something is mounted. */
  private static final int AT = 4;

  private static final int OCTAL = 8;
  private static final int OCTAL_DIGITS = 3;

  private MountPoint() {}

  /**
   * Asked of the kernel's list: a file of the same device, mounted on another, differs in nothing
   * that can be seen at the path.
   *
   * @return false also where the kernel keeps no such list, or it cannot be read
   */
  public static boolean at(Path file) {
    if (!file.getFileSystem().equals(FileSystems.getDefault())) {
      return false;
    }
    Path parent = file.toAbsolutePath().getParent();
    if (parent == null || !Files.exists(MOUNTS)) {
      return false;
    }
    try {
      // Bytes, not characters: other people's mounts may be named in any encoding.
      String mounts = new String(Files.readAllBytes(MOUNTS), StandardCharsets.ISO_8859_1);
      String path = parent.toRealPath().resolve(file.getFileName()).toString();
      return listed(
          mounts, new String(path.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      return false;
    }
  }

  static boolean listed(String mounts, String path) {
    return mounts
        .lines()
        .map(line -> line.split(" ", AT + 2))
        .anyMatch(fields -> fields.length > AT && unescaped(fields[AT]).equals(path));
  }

  /** The kernel writes blanks, line ends and backslashes of a path as {@code \040} and the like. */
  private static String unescaped(String field) {
    StringBuilder path = new StringBuilder(field.length());
    int at = 0;
    while (at < field.length()) {
      int end = at + 1 + OCTAL_DIGITS;
      if (field.charAt(at) == '\\' && end <= field.length()) {
        path.append((char) Integer.parseInt(field.substring(at + 1, end), OCTAL));
        at = end;
      } else {
        path.append(field.charAt(at));
        at++;
      }
    }
    return path.toString();
  }
}
