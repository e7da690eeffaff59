package dev.credslots.internal.file;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/**
 * Which POSIX locks this process has, whoever took them: a program that became this JVM ({@code
 * execve}) and left them here, or another copy of these classes. No call tells a process of its own
 * locks, but Linux has a list; elsewhere none is known.
 *
 * @param inodes of the locked files; of which file systems is left open, so it may say yes too
 *     often
 */
record OwnLocks(Set<String> inodes) {
  private static final Path LOCKS = Path.of("/proc/locks");
  private static final Path SELF = Path.of("/proc/self");

  /** Those of this moment. */
  static OwnLocks now() {
    Set<String> inodes = new HashSet<>();
    try {
      // As that /proc counts processes, which may be another container's.
      String pid = Files.readSymbolicLink(SELF).toString();
      for (String line : Files.readAllLines(LOCKS, StandardCharsets.ISO_8859_1)) {
        // 1: POSIX  ADVISORY  WRITE 1234 fe:00:56789 0 EOF
        String[] words = line.split("\\s+", -1);
        if (words.length > 5 && words[1].equals("POSIX") && words[4].equals(pid)) {
          inodes.add(words[5].substring(words[5].lastIndexOf(':') + 1));
        }
      }
    } catch (IOException | UnsupportedOperationException e) {
      // Not Linux, or nobody may look.
    }
    return new OwnLocks(inodes);
  }

  /** Whether one is on the file; false if nobody can tell. */
  boolean on(Path file) {
    if (inodes.isEmpty()) {
      return false;
    }
    try {
      Object inode = Files.getAttribute(file, "unix:ino", LinkOption.NOFOLLOW_LINKS);
      return inodes.contains(String.valueOf(inode));
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
      return false;
    }
  }
}
