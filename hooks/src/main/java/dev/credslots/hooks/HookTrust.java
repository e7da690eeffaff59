package dev.credslots.hooks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Whether a file may be run: it and the directories it lies in are the user's own, and nobody else
 * may write there. Root trusts root's alone, too: whoever runs another's file does what they like.
 */
final class HookTrust {
  /** A symbolic link whose owner is the effective user of this process. */
  private static final Path THIS_PROCESS = Path.of("/proc/self");

  private static final int WRITABLE_BY_OTHERS = 022;

  private HookTrust() {}

  /**
   * What is wrong with a path whose links are followed already, and what to do; empty if nothing.
   */
  static Optional<String> problem(Path real) {
    try {
      Map<String, Object> is =
          Files.readAttributes(real, "unix:uid,mode", LinkOption.NOFOLLOW_LINKS);
      if (!processUser().equals(is.get("uid"))) {
        return Optional.of(
            real
                + " belongs to another user ("
                + is.get("uid")
                + "); put a copy of your own there");
      }
      boolean safe = is.get("mode") instanceof Integer mode && (mode & WRITABLE_BY_OTHERS) == 0;
      return safe
          ? Optional.empty()
          : Optional.of(real + " may be written by others; run: chmod go-w " + real);
    } catch (NoSuchFileException e) {
      return Optional.of(real + " is gone");
    } catch (IOException | UnsupportedOperationException e) {
      return Optional.of("nobody can tell who may write " + real);
    }
  }

  private static Object processUser() throws IOException {
    // Without a /proc: whoever runs this owns their home directory.
    Path mine =
        Files.exists(THIS_PROCESS)
            ? THIS_PROCESS
            : Path.of(System.getProperty("user.home", ".")).toRealPath();
    return Files.getAttribute(mine, "unix:uid");
  }
}
